"""The families of architectures: what each has to offer, and which there are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import nn

from core.models.convnet import build_convnet
from core.models.mobilenet import build_mobilenet
from core.models.resnet import build_resnet18
from core.models.two_conv import build_two_conv
from core.models.vgg import build_vgg

WEIGHTS = "https://download.pytorch.org/models"  # of torchvision


@dataclass(frozen=True)
class Family:
    """What `build_model` and a start from ImageNet ask of a family. Its options are the table of
    that name in `core/recipe/parts.py`.

    build: takes its options and the number of classes, and gives a module that maps float32
        [N, 3, 32, 32] to logits [N, classes]. What it draws comes from torch.nn.init or torch's
        layers, its dropout is that of `core/models/layers.py`, and its last nn.Linear makes the
        class scores
    imagenet: where its weights from ImageNet are, for a family whose options say `on_imagenet`
    """

    build: Callable[[Any, int], nn.Module]
    imagenet: str = ""


FAMILIES: dict[str, Family] = {
    "convnet": Family(build_convnet),
    "vgg": Family(build_vgg),
    "two_conv": Family(build_two_conv),
    "resnet18": Family(build_resnet18, f"{WEIGHTS}/resnet18-f37072fd.pth"),
    "mobilenetv2": Family(build_mobilenet, f"{WEIGHTS}/mobilenet_v2-7ebf99e0.pth"),
}
