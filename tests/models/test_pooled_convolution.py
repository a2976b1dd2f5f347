"""A convolution that leaves out what its pooling would throw away is the plain one."""

import pytest
import torch
from torch import nn

from core.models.layers import PooledConvolution
from core.models.summary import summarise
from core.recipe import presets


@pytest.mark.parametrize("size", [(8, 8), (7, 7), (15, 14), (14, 15), (3, 9)])
@pytest.mark.parametrize("pool", [nn.MaxPool2d(2), nn.AvgPool2d(2)])
def test_values_and_gradients_are_those_of_the_plain_one(
    size: tuple[int, int], pool: nn.Module
) -> None:
    plain, ours = nn.Conv2d(5, 6, 3, padding=1), PooledConvolution(5, 6, 3, padding=1)
    ours.load_state_dict(plain.state_dict())
    images = torch.randn(4, 5, *size).contiguous(memory_format=torch.channels_last)
    expected, found = pool(plain(images)), pool(ours(images))
    assert torch.equal(found, expected)
    weights = torch.randn_like(expected)
    for output in (expected, found):
        (output * weights).sum().backward()
    for name, parameter in plain.named_parameters():
        other = ours.get_parameter(name)
        torch.testing.assert_close(other.grad, parameter.grad, rtol=1e-4, atol=1e-5)


def test_fewer_operations_are_counted_and_nothing_else_changes() -> None:
    layers = {step.name: step for step in summarise(presets()["speed-94"].model, 10).layers}
    assert layers["conv4"].shape == (256, 14, 14)  # of maps of 15x15
    assert layers["pool2"].shape == (256, 7, 7)
    assert (layers["conv4"].sight.field, layers["conv4"].sight.start) == (14, -5)
