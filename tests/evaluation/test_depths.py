"""What a network makes of images at several depths, in every family of architectures."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from core.data.dataset import Dataset
from core.errors import BreakOffError
from core.evaluation.features import NONLINEAR, depths_of, features_of
from core.models import build_model
from core.models.network import Network
from core.recipe import Recipe
from tests.tiny import TINY


@pytest.mark.parametrize(
    ("model", "early", "middle"),
    [
        ({"family": "convnet", "channels": [4, 8, 16], "depth": 1}, 8, 8),
        ({"family": "convnet", "channels": [4], "depth": 1, "dense": [6]}, 4, 4),
        ({"family": "vgg", "layers": 11, "width": 0.125}, 16, 64),
        ({"family": "resnet18"}, 128, 256),
        ({"family": "mobilenetv2", "width": 0.25}, None, None),
        ({"family": "two_conv"}, 64, 32),
    ],
)
def test_late_features_and_logits_are_those_of_the_network_alone(
    model: dict, early: int | None, middle: int | None, tiny_data: Dataset
) -> None:
    recipe = Recipe.parse(TINY.model_dump() | {"model": model})
    network = Network(
        build_model(recipe.model, 4).eval(), tiny_data.classes, tiny_data.normalisation
    )
    images = tiny_data.test.images[:3]
    depths = depths_of(network, images)
    np.testing.assert_allclose(depths.late, features_of(network, images), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(depths.logits, network.logits(images), rtol=1e-4, atol=1e-5)
    assert len(depths.early) == len(depths.middle) == 3
    direct = stages(network, images)
    np.testing.assert_allclose(depths.early, direct[min(1, len(direct) - 1)][0], rtol=1e-5)
    np.testing.assert_allclose(depths.middle, direct[max(len(direct) - 2, 0)][1], rtol=1e-5)
    if early is not None:
        assert (depths.early.shape[1], depths.middle.shape[1]) == (early, middle)


def stages(network: Network, images: torch.Tensor) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Mean and maximum of the last activation at each height, taken as soon as it is there."""
    found: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}

    def keep(_layer: nn.Module, _inputs: object, output: torch.Tensor) -> None:
        if output.ndim == 4:
            found[output.shape[2]] = output.mean((2, 3)), output.amax((2, 3))

    hooks = [
        layer.register_forward_hook(keep)
        for layer in network.model.modules()
        if isinstance(layer, NONLINEAR)
    ]
    network.logits(images)
    for hook in hooks:
        hook.remove()
    return list(found.values())


def test_early_is_the_mean_and_middle_the_maximum_of_a_channel(tiny_data: Dataset) -> None:
    sizes = ((3, 4), (4, 5), (5, 6))
    first, second, third = (nn.Conv2d(*channels, 3, padding=1) for channels in sizes)
    pool, linear = nn.MaxPool2d(2), nn.Linear(6, 4)
    model = nn.Sequential(
        first, nn.ReLU(), pool, second, nn.ReLU(), pool, third, nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), linear,
    )  # fmt: skip
    network = Network(model.eval(), tiny_data.classes, tiny_data.normalisation)
    images = tiny_data.test.images[:2]
    depths = depths_of(network, images)
    with torch.inference_mode():
        halved = F.relu(second(pool(F.relu(first(network.input(images))))))
    np.testing.assert_allclose(depths.early, halved.mean((2, 3)), atol=1e-5)
    np.testing.assert_allclose(depths.middle, halved.amax((2, 3)), atol=1e-5)


def test_nobody_else_meets_the_hooks_even_when_it_is_broken_off(tiny_data: Dataset) -> None:
    model = build_model(TINY.model, 4).eval()
    network = Network(model, tiny_data.classes, tiny_data.normalisation)
    before = network.logits(tiny_data.test.images)

    def stop(_what: str, _share: float) -> None:
        raise BreakOffError

    depths_of(network, tiny_data.test.images)
    with pytest.raises(BreakOffError):
        depths_of(network, tiny_data.test.images, stop)
    assert not any(layer._forward_hooks or layer._forward_pre_hooks for layer in model.modules())
    assert torch.equal(network.logits(tiny_data.test.images), before)
