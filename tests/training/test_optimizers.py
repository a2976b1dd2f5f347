"""Steps of the optimizers, against their published formulas."""

import math

import pytest
import torch
from torch import nn

from core.recipe import Optimizer
from core.training.optimizers import build_optimizer


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


@pytest.mark.parametrize("name", ["sgd", "adam", "adamw"])
def test_a_step_that_found_infinities_changes_nothing(name: str) -> None:
    layer = model()
    optimizer = build_optimizer(Optimizer.model_validate({"name": name}), layer)
    optimizer.grad_scale = None  # pyright: ignore[reportAttributeAccessIssue]
    optimizer.found_inf = torch.ones(())  # pyright: ignore[reportAttributeAccessIssue]
    layer.weight.grad, layer.bias.grad = torch.full((1, 1), math.inf), torch.full((1,), math.nan)
    optimizer.step()
    assert (layer.weight.item(), layer.bias.item()) == (2.0, 2.0)
