"""A published network of two convolutions and a wide dense layer, about 6.4 million parameters."""

from torch import nn

from core.models.layers import dense_head
from core.recipe import TwoConv

FEATURES = 64 * 14 * 14  # 32x32 less two borders of unpadded convolutions, halved
HIDDEN = 512


def build_two_conv(options: TwoConv, classes: int) -> nn.Module:
    """Maps [N, 3, 32, 32] to logits [N, classes]; batch norm comes after ReLU and pooling."""
    return nn.Sequential(
        nn.Conv2d(3, 32, 3),
        nn.ReLU(),
        nn.BatchNorm2d(32),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.BatchNorm2d(64),
        nn.Flatten(),
        *dense_head(FEATURES, (HIDDEN,), classes, "relu", options.dropout),
    )
