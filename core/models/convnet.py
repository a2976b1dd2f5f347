"""The configurable ConvNet: stages of 3x3 convolutions, then dense layers."""

from torch import nn

from core.data.dataset import IMAGE_SIZE
from core.models.layers import convolution, dense_head
from core.recipe import ConvNet


def build_convnet(options: ConvNet, classes: int) -> nn.Module:
    """Maps [N, 3, 32, 32] to logits [N, classes]; each stage halves height and width."""
    layers: list[nn.Module] = []
    channels = 3
    for width in options.channels:
        layers += _stage(options, channels, width)
        channels = width
    if options.head == "average":
        layers.append(nn.AdaptiveAvgPool2d(1))
        features = channels
    else:
        features = channels * (IMAGE_SIZE >> len(options.channels)) ** 2
    layers.append(nn.Flatten())
    layers += dense_head(features, options.dense, classes, options.activation, options.dropout)
    return nn.Sequential(*layers)


def _stage(options: ConvNet, inputs: int, width: int) -> list[nn.Module]:
    strides = [1] * options.depth
    if options.pooling == "stride":
        strides[-1] = 2
    layers: list[nn.Module] = []
    for stride in strides:
        layers += convolution(inputs, width, options.activation, options.batch_norm, stride)
        inputs = width
    if options.pooling == "max":
        layers.append(nn.MaxPool2d(2))
    elif options.pooling == "average":
        layers.append(nn.AvgPool2d(2))
    return layers
