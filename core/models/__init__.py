"""Architectures, by family name: build one, and know its cost without training it."""

import torch
from torch import nn

from core.models.convnet import build_convnet
from core.models.layers import dropouts
from core.models.mobilenet import build_mobilenet
from core.models.resnet import build_resnet18
from core.models.two_conv import build_two_conv
from core.models.vgg import build_vgg
from core.randomness import InitialisingFrom, Stream, derive
from core.recipe import VGG, ConvNet, MobileNet, Model, TwoConv

__all__ = ["build_model"]


def build_model(options: Model, classes: int, seed: int = 0) -> nn.Module:
    """A model with fresh weights, in channels-last memory, on the CPU.

    Takes float32 [N, 3, 32, 32] and returns logits [N, classes]. The weights depend on `seed`
    alone, whatever else the process draws; so do the masks of its dropout layers.
    """
    generator = torch.Generator().manual_seed(derive(seed, Stream.WEIGHTS))
    with InitialisingFrom(generator):
        model = _build(options, classes)
    for number, layer in enumerate(dropouts(model)):
        layer.seek(seed, step=0, number=number)
    return model.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]


def _build(options: Model, classes: int) -> nn.Module:
    if isinstance(options, ConvNet):
        return build_convnet(options, classes)
    if isinstance(options, VGG):
        return build_vgg(options, classes)
    if isinstance(options, TwoConv):
        return build_two_conv(options, classes)
    if isinstance(options, MobileNet):
        return build_mobilenet(options, classes)
    return build_resnet18(options, classes)
