"""Torchvision's MobileNetV2, adapted to 32x32 pictures as ResNet-18 is (see `resnet.py`)."""

from torch import nn

from core.models.layers import Dropout
from core.recipe import MobileNet

# Expansion, channels, repeats and stride of each stage (Sandler et al. 2018, table 2), with the
# stride of the 24-channel stage lowered from 2 to 1.
MOBILENET_STAGES = [
    [1, 16, 1, 1],
    [6, 24, 2, 1],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
]


def build_mobilenet(options: MobileNet, classes: int) -> nn.Module:
    """Maps [N, 3, 32, 32] to logits [N, classes] (Sandler et al. 2018, arXiv:1801.04381)."""
    from torchvision.models import mobilenet_v2  # takes a second to import

    model = mobilenet_v2(
        num_classes=classes,
        width_mult=options.width,
        inverted_residual_setting=MOBILENET_STAGES,
    )
    model.set_submodule("classifier.0", Dropout(options.dropout))
    first = model.get_submodule("features.0.0")
    assert isinstance(first, nn.Conv2d)
    first.stride = (1, 1)
    return model
