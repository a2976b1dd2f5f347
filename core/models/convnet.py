"""The configurable ConvNet: stages of 3x3 convolutions, then dense layers."""

from itertools import chain

import torch
from torch import nn

from core.models.layers import ACTIVATIONS, Residual, convolution, dense_head
from core.models.whitening import Whitening
from core.recipe import ConvNet


def build_convnet(options: ConvNet, classes: int) -> nn.Module:
    """Maps [N, 3, 32, 32] to logits [N, classes]; each stage halves height and width."""
    layers: list[nn.Module] = []
    channels = 3
    if options.whitening:
        first = Whitening(options.whitening)
        layers += [first, ACTIVATIONS[options.activation]()]
        channels = first.out_channels
    for width in options.channels:
        layers += _stage(options, channels, width)
        channels = width
    features = channels
    if options.head == "flatten":
        features *= options.sides()[-1] ** 2
    else:
        pool = nn.AdaptiveAvgPool2d if options.head == "average" else nn.AdaptiveMaxPool2d
        layers.append(pool(1))
    layers.append(nn.Flatten())
    layers += dense_head(features, options.dense, classes, options.activation, options.dropout)
    model = nn.Sequential(*layers)
    _set_batch_norm(model, options)
    if options.initialisation == "dirac":
        _pass_on(model)
    return model


def _stage(options: ConvNet, inputs: int, width: int) -> list[nn.Module]:
    halving = 0 if options.pool_early else options.depth - 1  # which convolution is pooled
    blocks: list[list[nn.Module]] = []
    for number in range(options.depth):
        stride, pool = 1, None
        if number == halving and options.pooling == "stride":
            stride = 2
        elif number == halving and options.pool_early:
            pool = _pool(options)
        activation, norm, first = options.activation, options.batch_norm, options.norm_first
        blocks.append(convolution(inputs, width, activation, norm, stride, pool, first))
        inputs = width
    first, *others = blocks
    rest = list(chain.from_iterable(others))
    layers = [*first, Residual(rest)] if options.residual else [*first, *rest]
    if options.pooling != "stride" and not options.pool_early:
        layers.append(_pool(options))
    return layers


def _pool(options: ConvNet) -> nn.Module:
    return nn.MaxPool2d(2) if options.pooling == "max" else nn.AvgPool2d(2)


def _set_batch_norm(model: nn.Module, options: ConvNet) -> None:
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = options.norm_momentum
            module.weight.requires_grad_(options.norm_scale)


@torch.no_grad()
def _pass_on(model: nn.Module) -> None:
    """Start convolutions as the identity on as many channels as they take, and scores near 0."""
    if next(model.parameters()).is_meta:  # no values; their mean would import torch's compiler
        return
    for module in model.modules():
        if isinstance(module, nn.Conv2d) and not isinstance(module, Whitening):
            nn.init.dirac_(module.weight[: module.in_channels])
    last = [module for module in model.modules() if isinstance(module, nn.Linear)][-1]
    last.weight.div_(last.weight.std() * last.in_features)
    nn.init.zeros_(last.bias)
