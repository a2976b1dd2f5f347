"""Small networks of the four architecture families, for the explanation tests."""

import torch
from torch import nn
from torchvision.models import mobilenet_v2
from torchvision.models.resnet import BasicBlock, ResNet

from core.data.dataset import Normalisation
from core.models import build_model
from core.models.network import Network
from core.recipe import VGG, ConvNet, MobileNet, Model, presets

PLAIN = Normalisation((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


def convnet(activation: type[nn.Module] = nn.ReLU) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), activation(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1), nn.BatchNorm2d(16), activation(), nn.MaxPool2d(2),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10),
    )  # fmt: skip


def vgg() -> nn.Module:
    """Five halvings, so that its last maps have one place."""
    layers: list[nn.Module] = []
    for inputs, outputs in [(3, 8), (8, 8), (8, 16), (16, 16), (16, 16)]:
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Dropout(), nn.Linear(16, 10))


def resnet() -> nn.Module:
    model = ResNet(BasicBlock, [1, 1, 1, 1], num_classes=10)
    model.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    model.maxpool = nn.Identity()  # pyright: ignore[reportAttributeAccessIssue]
    return model


def mobilenet() -> nn.Module:
    model = mobilenet_v2(num_classes=10, width_mult=0.25)
    for name in ("features.0.0", "features.2.conv.1.0"):
        convolution = model.get_submodule(name)
        assert isinstance(convolution, nn.Conv2d)
        convolution.stride = (1, 1)
    return model


FAMILIES = {"convnet": convnet, "vgg": vgg, "resnet": resnet, "mobilenet": mobilenet}


def narrow(options: Model) -> Model:
    """The same layers with few channels."""
    match options:
        case ConvNet():
            few = {"channels": (8,) * len(options.channels), "dense": (16,) * len(options.dense)}
        case VGG() | MobileNet():
            few = {"width": 0.25}
        case _:
            few = {}
    return options.model_copy(update=few)


PRESETS = {name: narrow(recipe.model) for name, recipe in presets().items()}


def dense(weights: torch.Tensor) -> nn.Linear:
    """A layer with these weights, [outputs, inputs], and no bias."""
    layer = nn.Linear(weights.shape[1], weights.shape[0], bias=False)
    layer.weight = nn.Parameter(weights)
    return layer


def pointwise(weights: list[list[float]], bias: float = 0) -> nn.Conv2d:
    """A 1x1 convolution with these weights, [outputs, inputs]."""
    layer = nn.Conv2d(len(weights[0]), len(weights), 1)
    layer.weight = nn.Parameter(torch.tensor(weights)[:, :, None, None])
    layer.bias = nn.Parameter(torch.full((len(weights),), float(bias)))
    return layer


def network(model: nn.Module, classes: int = 10, normalisation: Normalisation = PLAIN) -> Network:
    return Network(model.eval(), tuple(f"class {i}" for i in range(classes)), normalisation)


def family(name: str) -> Network:
    """A network with seeded weights whose batch norm has seen some images."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = FAMILIES[name]() if name in FAMILIES else build_model(PRESETS[name], 10)
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = 1.0
        with torch.no_grad():
            model.train()(torch.rand(8, 3, 32, 32))
    return network(model, normalisation=Normalisation((0.5, 0.5, 0.5), (0.25, 0.25, 0.25)))


def images(count: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randint(0, 256, (count, 32, 32, 3), dtype=torch.uint8, generator=generator)
