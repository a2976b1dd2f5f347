import pytest
import torch

from core.data import Split, normalisation_of


def test_mean_and_deviation_by_hand():
    images = torch.zeros(2, 32, 32, 3, dtype=torch.uint8)
    images[1, ..., 0] = 255  # red: half 0, half 1
    images[..., 1] = 51  # green: 0.2 everywhere
    images[0, ..., 2] = 51
    images[1, ..., 2] = 102  # blue: half 0.2, half 0.4
    found = normalisation_of(Split(images, torch.zeros(2, dtype=torch.int64)))
    assert found.mean == pytest.approx((0.5, 0.2, 0.3))
    assert found.std == pytest.approx((0.5, 1 / 255, 0.1))
