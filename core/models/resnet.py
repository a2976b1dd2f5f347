"""Torchvision's ResNet-18, adapted to 32x32 pictures.

It was drawn for 224x224 and shrinks its input 32 times; here the early halvings go, so that the
last maps keep 4x4 places.
"""

from torch import nn

from core.models.layers import Dropout
from core.recipe import ResNet


def build_resnet18(options: ResNet, classes: int) -> nn.Module:
    """Maps [N, 3, 32, 32] to logits [N, classes] (He et al. 2015, arXiv:1512.03385).

    The 7x7 stride-2 convolution becomes 3x3 stride 1 and the first max pooling goes.
    """
    from torchvision.models import resnet18  # takes a second to import

    model = resnet18(num_classes=classes)
    first = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    nn.init.kaiming_normal_(first.weight, mode="fan_out", nonlinearity="relu")
    model.set_submodule("conv1", first)
    model.set_submodule("maxpool", nn.Identity())
    if options.dropout:
        model.set_submodule("fc", nn.Sequential(Dropout(options.dropout), model.fc))
    return model
