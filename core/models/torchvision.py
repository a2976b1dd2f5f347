"""Torchvision's ResNet-18 and MobileNetV2, adapted to 32x32 pictures.

Both were drawn for 224x224 and shrink their input 32 times; here the early halvings go, so that
the last maps keep 4x4 places.
"""

from torch import nn
from torchvision.models import mobilenet_v2, resnet18

from core.models.layers import Dropout
from core.recipe import MobileNet, ResNet

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


def build_resnet18(options: ResNet, classes: int) -> nn.Module:
    """Maps [N, 3, 32, 32] to logits [N, classes] (He et al. 2015, arXiv:1512.03385).

    The 7x7 stride-2 convolution becomes 3x3 stride 1 and the first max pooling goes.
    """
    model = resnet18(num_classes=classes)
    first = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    nn.init.kaiming_normal_(first.weight, mode="fan_out", nonlinearity="relu")
    model.set_submodule("conv1", first)
    model.set_submodule("maxpool", nn.Identity())
    if options.dropout:
        model.set_submodule("fc", nn.Sequential(Dropout(options.dropout), model.fc))
    return model


def build_mobilenet(options: MobileNet, classes: int) -> nn.Module:
    """Maps [N, 3, 32, 32] to logits [N, classes] (Sandler et al. 2018, arXiv:1801.04381)."""
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
