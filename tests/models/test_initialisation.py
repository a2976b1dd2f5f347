"""Fresh weights: the distributions that torch and torchvision give each kind of layer, and a
function of the seed whatever else goes on in the process."""

import math

import pytest
import torch
from neighbour import noisy_neighbour
from torch import Tensor, nn

from core.models import build_model
from core.models.whitening import Whitening
from core.recipe import VGG, ConvNet, MobileNet, Model, ResNet, TwoConv

PLAIN: dict[str, Model] = {
    "convnet": ConvNet(channels=(32, 64), batch_norm=False, dense=(64,)),
    "whitened convnet": ConvNet(channels=(64, 64), whitening=3, dense=(64,)),
    "vgg": VGG(layers=11, width=0.5, batch_norm=False),
    "two_conv": TwoConv(),
}


def layers(model: nn.Module) -> list[nn.Conv2d | nn.Linear]:
    return [module for module in model.modules() if isinstance(module, nn.Conv2d | nn.Linear)]


def fan_in(layer: nn.Conv2d | nn.Linear) -> int:
    return layer.weight[0].numel()


def fan_out(layer: nn.Conv2d) -> int:
    return layer.weight[:, 0].numel()


def assert_uniform(scaled: list[Tensor]) -> None:
    """All together from -1 to 1."""
    drawn = torch.cat([weight.detach().flatten() for weight in scaled])
    moments = [(drawn**power).mean().item() for power in (1, 2, 4)]
    assert moments == pytest.approx([0, 1 / 3, 1 / 5], abs=6 / math.sqrt(len(drawn)))
    assert 1 - 30 / len(drawn) < drawn.abs().max() <= 1.00001


def assert_normal(scaled: list[Tensor]) -> None:
    """All together of mean 0 and standard deviation 1."""
    drawn = torch.cat([weight.detach().flatten() for weight in scaled])
    moments = [(drawn**power).mean().item() for power in (1, 2, 4)]
    assert moments == pytest.approx([0, 1, 3], abs=60 / math.sqrt(len(drawn)))
    assert drawn.abs().max() > 3.5


@pytest.mark.parametrize("options", PLAIN.values(), ids=PLAIN)
def test_convolutions_and_dense_layers_start_as_torch_lets_them(options: Model) -> None:
    """Weights and biases evenly within 1 / sqrt(inputs); a whitening layer's bias is 0."""
    found = layers(build_model(options, 10, seed=3))
    assert_uniform([layer.weight * math.sqrt(fan_in(layer)) for layer in found])
    biases = [layer.bias * math.sqrt(fan_in(layer)) for layer in found if layer.bias is not None]
    if isinstance(found[0], Whitening):
        assert (biases.pop(0) == 0).all()
    assert_uniform(biases)


def test_dirac_convolutions_are_random_beyond_the_channels_they_pass_on() -> None:
    model = build_model(ConvNet(channels=(32, 64), initialisation="dirac", dense=(64,)), 10)
    *found, hidden, _ = layers(model)
    beyond = [layer.weight[layer.weight.shape[1] :] for layer in found]
    scaled = [
        weight * math.sqrt(fan_in(layer)) for weight, layer in zip(beyond, found, strict=True)
    ]
    assert_uniform([*scaled, hidden.weight * math.sqrt(fan_in(hidden))])


def test_resnet_starts_as_torchvisions() -> None:
    *convolutions, head = layers(build_model(ResNet(), 10))
    assert_normal([
        layer.weight * math.sqrt(fan_out(layer) / 2)
        for layer in convolutions
        if isinstance(layer, nn.Conv2d)
    ])  # fmt: skip
    assert_uniform([value * math.sqrt(512) for value in head.parameters()])
    first = convolutions[0].weight * math.sqrt(64 * 9 / 2)
    assert first.std().item() == pytest.approx(1, rel=0.1)


def test_mobilenet_starts_as_torchvisions() -> None:
    *convolutions, head = layers(build_model(MobileNet(), 10))
    assert_normal([
        layer.weight * math.sqrt(fan_out(layer) / 2)
        for layer in convolutions
        if isinstance(layer, nn.Conv2d)
    ])  # fmt: skip
    assert_normal([head.weight / 0.01])
    assert (head.bias == 0).all()


@pytest.mark.parametrize("options", [ConvNet(), ResNet(), MobileNet(), VGG(), TwoConv()])
def test_batch_norm_starts_as_the_identity(options: Model) -> None:
    norms = [m for m in build_model(options, 10).modules() if isinstance(m, nn.BatchNorm2d)]
    assert norms
    for norm in norms:
        state = norm.state_dict()
        assert (state["weight"] == 1).all() and (state["running_var"] == 1).all()
        assert (state["bias"] == 0).all() and (state["running_mean"] == 0).all()
        assert state["num_batches_tracked"] == 0


@pytest.mark.parametrize(
    "options",
    [ConvNet(channels=(16, 16), dense=(64,)), MobileNet(width=0.25)],
    ids=["convnet", "mobilenetv2"],
)
def test_a_seed_gives_the_same_weights_beside_a_thread_that_seeds_and_draws(
    options: Model,
) -> None:
    alone = build_model(options, 10, seed=0).state_dict()
    with noisy_neighbour():
        beside = [build_model(options, 10, seed=0).state_dict() for _ in range(60)]
    for weights in beside:
        assert all(torch.equal(alone[name], value) for name, value in weights.items())
