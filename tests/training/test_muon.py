"""Muon against exact arithmetic."""

import math

import pytest
import torch
from torch import Tensor, nn

from core.recipe import Optimizer
from core.training.muon import orthogonalise
from core.training.optimizers import build_optimizer


def nearest_orthogonal(matrix: Tensor) -> Tensor:
    """By the singular value decomposition in float64."""
    left, _, right = torch.linalg.svd(matrix.double(), full_matrices=False)
    return left @ right


def relative_error(found: Tensor, exact: Tensor) -> float:
    return ((found.double() - exact).norm() / exact.norm()).item()


@pytest.mark.parametrize("shape", [(64, 288), (256, 96), (40, 40)])
def test_more_steps_come_close_to_the_nearest_orthogonal_matrix(shape: tuple[int, int]) -> None:
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    exact = nearest_orthogonal(matrix)
    # The polynomial leaves singular values between about 0.7 and 1.2, so the error stays below 0.3.
    assert relative_error(orthogonalise(matrix, steps=6), exact) < 0.3
    cosine = torch.cosine_similarity(
        orthogonalise(matrix, steps=6).double().flatten(), exact.flatten(), dim=0
    )
    assert cosine > 0.97


def test_one_step_is_the_polynomial_on_the_singular_values() -> None:
    left = nearest_orthogonal(torch.randn(6, 6, generator=torch.Generator().manual_seed(2)))
    right = nearest_orthogonal(torch.randn(9, 9, generator=torch.Generator().manual_seed(3)))[:6]
    values = torch.tensor([6.0, 5.0, 4.0, 3.0, 2.0, 1.0], dtype=torch.float64)
    scaled = values / values.norm()
    moved = 3.4445 * scaled - 4.7750 * scaled**3 + 2.0315 * scaled**5
    exact = left @ moved.diag() @ right
    found = orthogonalise((left @ values.diag() @ right).float(), steps=1)
    assert relative_error(found, exact) < 0.01  # bfloat16


def test_the_length_of_the_gradient_does_not_matter() -> None:
    matrix = torch.randn(8, 20, generator=torch.Generator().manual_seed(4))
    torch.testing.assert_close(orthogonalise(matrix), orthogonalise(4096 * matrix))


def stepped(steps: int, rate: float = 0.1) -> tuple[nn.Sequential, list[Tensor]]:
    """A network after Muon steps with the same gradients, and its weights before."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(3, 16, 3), nn.BatchNorm2d(16), nn.Flatten(), nn.Linear(16, 2))
    options = Optimizer(
        name="muon",
        learning_rate=rate,
        momentum=0.5,
        weight_decay=0.25,
        bias_rate=2.0,
        head_rate=0.5,
    )
    optimizer = build_optimizer(options, network)
    before = [p.detach().clone() for p in network.parameters()]
    for _ in range(steps):
        for number, parameter in enumerate(network.parameters()):
            generator = torch.Generator().manual_seed(number)
            parameter.grad = torch.randn(parameter.shape, generator=generator)
        optimizer.step()
    return network, before


def test_kernels_turn_towards_the_orthogonalised_gradient_and_keep_their_length() -> None:
    network, before = stepped(1)
    kernel = network.get_parameter("0.weight")
    gradient = torch.randn(kernel.shape, generator=torch.Generator().manual_seed(0))
    moved = before[0] - 0.1 * orthogonalise(gradient.flatten(1)).view(kernel.shape)
    expected = moved * math.sqrt(16) / moved.norm()
    torch.testing.assert_close(kernel.detach(), expected, rtol=0, atol=1e-3)
    network, _ = stepped(3)
    assert network.get_parameter("0.weight").norm().item() == pytest.approx(4.0, rel=1e-5)


def test_the_rest_takes_nesterov_steps_each_at_its_own_rate() -> None:
    network, before = stepped(1)
    gradients = [
        torch.randn(value.shape, generator=torch.Generator().manual_seed(number))
        for number, value in enumerate(before)
    ]
    # First step: velocity = gradient, so a step of rate * (1 + 0.5) * gradient.
    shift = before[3] - 0.1 * 2.0 * 1.5 * gradients[3]
    torch.testing.assert_close(network.get_parameter("1.bias").detach(), shift)
    # The head decays by 0.25 at its peak rate, and learns at half the rate.
    head = before[4] * (1 - 0.25) - 0.1 * 0.5 * 1.5 * gradients[4]
    torch.testing.assert_close(network.get_parameter("3.weight").detach(), head)


def test_kernels_of_one_shape_are_turned_together_as_each_would_be_alone() -> None:
    matrices = torch.randn(3, 16, 40, generator=torch.Generator().manual_seed(5))
    together = orthogonalise(matrices)
    for matrix, turned in zip(matrices, together, strict=True):
        torch.testing.assert_close(turned, orthogonalise(matrix), rtol=0, atol=1e-2)
    torch.testing.assert_close(orthogonalise(matrices.mT), together.mT)
    two = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Conv2d(8, 8, 3), nn.Conv2d(8, 8, 3), nn.Flatten())
    network = nn.Sequential(two, nn.Linear(8, 2))
    optimizer = build_optimizer(Optimizer(name="muon", learning_rate=0.1), network)
    for parameter in network.parameters():
        parameter.grad = torch.randn(parameter.shape, generator=torch.Generator().manual_seed(6))
    before = {name: value.detach().clone() for name, value in network.named_parameters()}
    optimizer.step()
    for name in ("0.0.weight", "0.1.weight", "0.2.weight"):
        kernel = network.get_parameter(name)
        assert kernel.grad is not None
        step = 1.9 * kernel.grad.flatten(1)
        moved = before[name] - 0.1 * orthogonalise(step).view(kernel.shape)
        expected = moved * math.sqrt(8) / moved.norm()
        torch.testing.assert_close(kernel.detach(), expected, rtol=0, atol=1e-2)
