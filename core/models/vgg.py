"""VGG for 32x32 pictures (Simonyan & Zisserman 2014, arXiv:1409.1556, table 1)."""

from torch import nn

from core.models.layers import convolution, dense_head
from core.recipe import VGG

# Convolutions in each of the five stages, by the number of weight layers in the original.
STAGES = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
WIDTHS = (64, 128, 256, 512, 512)


def build_vgg(options: VGG, classes: int) -> nn.Module:
    """Maps [N, 3, 32, 32] to logits [N, classes].

    Five halvings leave one place of a 32x32 picture, so the dense head sees 512 features (times
    the width) where the original, for 224x224, sees 25,088.
    """
    layers: list[nn.Module] = []
    channels = 3
    for convolutions, full_width in zip(STAGES[options.layers], WIDTHS, strict=True):
        width = round(full_width * options.width)
        for _ in range(convolutions):
            layers += convolution(channels, width, options.activation, options.batch_norm)
            channels = width
        layers.append(nn.MaxPool2d(2))
    layers.append(nn.Flatten())
    layers += dense_head(channels, options.dense, classes, options.activation, options.dropout)
    return nn.Sequential(*layers)
