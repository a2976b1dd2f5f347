"""Steps of the optimizers, against their published formulas."""

import math
from typing import get_args

import pytest
import torch
from torch import nn

from core.models.whitening import Whitening
from core.recipe import Optimizer, Schedule
from core.training.optimizers import OPTIMIZERS, build_optimizer


def model() -> nn.Linear:
    layer = nn.Linear(1, 1)
    nn.init.constant_(layer.weight, 2.0)
    nn.init.constant_(layer.bias, 2.0)
    return layer


def stepped(options: Optimizer, gradients: list[float]) -> tuple[float, float]:
    """Weight and bias, both 2 at first, after steps with these gradients."""
    layer = model()
    optimizer = build_optimizer(options, layer)
    for gradient in gradients:
        layer.weight.grad = torch.full((1, 1), gradient)
        layer.bias.grad = torch.full((1,), gradient)
        optimizer.step()
    return layer.weight.item(), layer.bias.item()


def test_sgd_looks_ahead_by_nesterov_and_decays_weights_only() -> None:
    options = Optimizer(name="sgd", learning_rate=0.1, momentum=0.5, weight_decay=0.25)
    # Weight: gradient 1 + 0.25 * 2 = 1.5; velocity 1.5; step 0.1 * (1.5 + 0.5 * 1.5) = 0.225.
    # Bias: gradient 1, velocity 1, step 0.1 * (1 + 0.5) = 0.15.
    assert stepped(options, [1.0]) == pytest.approx((2 - 0.225, 2 - 0.15))
    # Bias again: velocity 0.5 * 1 + 1 = 1.5, step 0.1 * (1 + 0.5 * 1.5) = 0.175.
    assert stepped(options, [1.0, 1.0])[1] == pytest.approx(2 - 0.15 - 0.175)


def test_sgd_without_momentum_is_gradient_descent() -> None:
    options = Optimizer(name="sgd", learning_rate=0.1, momentum=0.0, weight_decay=0.0)
    assert stepped(options, [1.0, 3.0]) == pytest.approx((1.6, 1.6))


def test_adam_steps_by_the_rate_whatever_the_gradient() -> None:
    options = Optimizer(name="adam", learning_rate=0.1, momentum=0.9, weight_decay=0.0)
    assert stepped(options, [1e-3]) == pytest.approx((1.9, 1.9), abs=1e-5)
    # First moment 0.9 * 0.1 + 0.1 * 3 over 1 - 0.9^2; second 0.999 * 0.001 + 0.001 * 9 likewise.
    mean, square = 0.39 / 0.19, 0.009999 / 0.001999
    assert stepped(options, [1.0, 3.0])[1] == pytest.approx(1.9 - 0.1 * mean / math.sqrt(square))


def test_adamw_decays_the_weight_itself_and_adam_its_gradient() -> None:
    adamw = Optimizer(name="adamw", learning_rate=0.1, momentum=0.9, weight_decay=0.5)
    # 2 * (1 - 0.1 * 0.5) = 1.9, then a step of 0.1; the bias doesn't decay.
    assert stepped(adamw, [1.0]) == pytest.approx((1.8, 1.9))
    adam = adamw.model_copy(update={"name": "adam"})
    assert stepped(adam, [1.0]) == pytest.approx((1.9, 1.9))


def test_batch_norm_and_biases_do_not_decay() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 2))
    groups = build_optimizer(Optimizer(weight_decay=0.1), network).param_groups
    decay = {id(p): group["weight_decay"] for group in groups for p in group["params"]}
    by_name = {name: decay[id(parameter)] for name, parameter in network.named_parameters()}
    assert by_name == {
        "0.weight": 0.1,
        "0.bias": 0.0,
        "1.weight": 0.0,
        "1.bias": 0.0,
        "3.weight": 0.1,
        "3.bias": 0.0,
    }


def test_decoupled_decay_takes_a_share_of_the_weight_and_follows_the_rate() -> None:
    options = Optimizer(learning_rate=0.1, momentum=0.5, weight_decay=0.25, decoupled=True)
    # Weight: 2 * (1 - 0.25) = 1.5, then 0.1 * (1 + 0.5) * 1; the bias does not decay.
    assert stepped(options, [1.0]) == pytest.approx((1.35, 1.85))
    layer = model()
    optimizer = build_optimizer(options, layer)
    for group in optimizer.param_groups:
        group["lr"] = 0.04  # the schedule is at 0.4 of the peak
    layer.weight.grad, layer.bias.grad = torch.zeros(1, 1), torch.zeros(1)
    optimizer.step()
    assert layer.weight.item() == pytest.approx(2 * (1 - 0.4 * 0.25))


def test_biases_and_the_head_have_rates_of_their_own() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 2))
    options = Optimizer(learning_rate=0.1, bias_rate=3.0, head_rate=0.2)
    groups = build_optimizer(options, network).param_groups
    rates = {id(p): group["rate"] for group in groups for p in group["params"]}
    by_name = {name: rates[id(parameter)] for name, parameter in network.named_parameters()}
    assert by_name == {
        "0.weight": 1.0,
        "0.bias": 3.0,
        "1.weight": 3.0,
        "1.bias": 3.0,
        "3.weight": 0.2,
        "3.bias": 0.2,
    }


def test_layers_freeze_from_the_first_to_the_last() -> None:
    network = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Conv2d(4, 4, 3), nn.Flatten(), nn.Linear(4, 2)
    )
    groups = build_optimizer(Optimizer(), network, Schedule(freezing=0.2)).param_groups
    ends = {id(p): group["end"] for group in groups for p in group["params"]}
    by_name = {name: ends[id(parameter)] for name, parameter in network.named_parameters()}
    # Three layers: 1 - 0.8 * 1, 1 - 0.8 * (1/2)^3, 1 - 0; batch norm goes with its convolution.
    assert by_name["0.weight"] == by_name["1.bias"] == pytest.approx(0.2)
    assert by_name["2.weight"] == pytest.approx(0.9)
    assert by_name["4.weight"] == by_name["4.bias"] == 1.0


def test_the_whitening_stops_learning_before_all_others() -> None:
    network = nn.Sequential(Whitening(2), nn.Conv2d(24, 4, 3), nn.Flatten(), nn.Linear(4, 2))
    schedule = Schedule(whitening_freezing=0.3)
    groups = build_optimizer(Optimizer(), network, schedule).param_groups
    ends = {id(p): group["end"] for group in groups for p in group["params"]}
    learned = {n: ends[id(p)] for n, p in network.named_parameters() if p.requires_grad}
    assert learned.pop("0.bias") == 0.3
    assert set(learned.values()) == {1.0}


def test_every_optimizer_that_a_recipe_can_name_is_there() -> None:
    assert list(OPTIMIZERS) == list(get_args(Optimizer.model_fields["name"].annotation))


@pytest.mark.parametrize(
    "options",
    [{"name": name} for name in OPTIMIZERS]
    + [{"name": "sgd", "decoupled": True, "weight_decay": 0.1}],
)
def test_a_step_that_found_infinities_changes_nothing(options: dict[str, object]) -> None:
    layer = model()
    optimizer = build_optimizer(Optimizer.model_validate(options), layer)
    optimizer.grad_scale = None  # pyright: ignore[reportAttributeAccessIssue]
    optimizer.found_inf = torch.ones(())  # pyright: ignore[reportAttributeAccessIssue]
    layer.weight.grad, layer.bias.grad = torch.full((1, 1), math.inf), torch.full((1,), math.nan)
    optimizer.step()
    assert (layer.weight.item(), layer.bias.item()) == (2.0, 2.0)


def test_muon_leaves_kernels_alone_when_a_step_found_infinities() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4, 2))
    optimizer = build_optimizer(Optimizer(name="muon", learning_rate=0.1), network)
    before = [parameter.detach().clone() for parameter in network.parameters()]
    optimizer.found_inf = torch.ones(())  # pyright: ignore[reportAttributeAccessIssue]
    for parameter in network.parameters():
        parameter.grad = torch.full_like(parameter, math.nan)
    optimizer.step()
    for parameter, value in zip(network.parameters(), before, strict=True):
        assert torch.equal(parameter, value)
