"""What the whitening layer makes of pictures."""

from typing import Any

import pytest
import torch
from fake_cuda import CUDA, fake_cuda
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from core.models import build_model
from core.models.whitening import Whitening, fit_whitening
from core.recipe import ConvNet


def smooth_pictures(count: int = 200) -> torch.Tensor:
    """Neighbouring pixels and channels that resemble each other, as in photographs."""
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(count, 3, 36, 36, generator=generator)
    colours = torch.tensor([[1.0, 0.5, 0.2], [0.3, 1.0, 0.5], [0.1, 0.4, 1.0]])
    mixed = torch.einsum("nchw,dc->ndhw", noise, colours)
    return F.avg_pool2d(mixed, 5, stride=1) * 20  # far above the layer's noise floor


def covariance(values: torch.Tensor) -> torch.Tensor:
    columns = values.permute(1, 0, 2, 3).flatten(1).double()
    return torch.cov(columns)


def test_the_outputs_are_uncorrelated_with_variance_one() -> None:
    for side in (1, 2, 3):
        layer, pictures = Whitening(side), smooth_pictures()
        layer.fit(pictures)
        half = layer.out_channels // 2
        outputs = layer(pictures).detach()
        assert outputs.shape[2:] == (33 - side, 33 - side)
        torch.testing.assert_close(
            covariance(outputs[:, :half]), torch.eye(half, dtype=torch.float64), rtol=0, atol=0.05
        )


def test_every_direction_comes_with_both_signs() -> None:
    layer = Whitening(2)
    layer.fit(smooth_pictures())
    assert layer.weight.shape == (24, 3, 2, 2)
    torch.testing.assert_close(layer.weight[:12], -layer.weight[12:])


def test_only_the_bias_learns() -> None:
    model = build_model(ConvNet(channels=(8,), whitening=3), classes=4)
    fit_whitening(model, smooth_pictures())
    model(smooth_pictures(4)).sum().backward()
    first = next(module for module in model.modules() if isinstance(module, Whitening))
    assert first.weight.grad is None
    assert first.bias is not None
    assert first.bias.grad is not None


class NoDoublePrecision(TorchDispatchMode):
    """Refuses what Apple's GPU does: numbers of 64 bits on the device."""

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        results = func(*args, **(kwargs or {}))
        for value in tree_leaves((args, kwargs, results)):
            if isinstance(value, torch.Tensor) and value.device.type != "cpu":
                assert value.dtype != torch.float64, f"{func} wants float64"
        return results


def test_it_is_fitted_on_a_device_without_double_precision(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with fake_cuda(monkeypatch), NoDoublePrecision():
        Whitening(3).to(CUDA).fit(torch.zeros(8, 3, 32, 32, device=CUDA))
        with pytest.raises(AssertionError, match="float64"):
            torch.zeros(2, device=CUDA).double()
