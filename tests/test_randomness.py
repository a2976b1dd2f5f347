"""Random numbers that are functions of a key."""

import math
from itertools import product

import pytest
import torch
from torch import Tensor

from core.randomness import Stream, bits, derive, normal, uniform


def key(number: int) -> Tensor:
    return torch.tensor(number)


def test_bits_are_those_of_splitmix64() -> None:
    """From the state 0 and 1234567, as the algorithm's reference code gives them."""
    unsigned = [value % 2**64 for value in bits(key(0), 3).tolist()]
    assert unsigned == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    assert bits(key(1234567), 1).item() == 6457827717110365317


def test_uniform_numbers_fill_the_range_from_0_to_1_evenly() -> None:
    drawn = uniform(key(derive(0, Stream.AUGMENTATION, 0, 0)), 1000, 1000)
    assert drawn.shape == (1000, 1000) and drawn.dtype == torch.float32
    assert 0 <= drawn.min() < 1e-5 and 1 - 1e-5 < drawn.max() < 1
    counts = torch.histc(drawn, 100, 0, 1)
    assert (counts - 10_000).abs().max() < 5 * math.sqrt(10_000)
    neighbours = torch.corrcoef(torch.stack((drawn[:, 1:].flatten(), drawn[:, :-1].flatten())))
    assert abs(neighbours[0, 1].item()) < 5e-3


def test_normal_numbers_have_the_moments_of_the_normal_distribution() -> None:
    drawn = normal(key(derive(0, Stream.NOISE, 0, 0)), 999, 1001).double()
    moments = [(drawn**power).mean().item() for power in (1, 2, 3, 4)]
    assert moments == pytest.approx([0, 1, 0, 3], abs=0.05)
    assert 4 < drawn.abs().max() < 6
    first, second = drawn.flatten()[:-1].view(2, -1)  # two made from the same pair
    assert abs(torch.corrcoef(torch.stack((first, second)))[0, 1].item()) < 1e-2
    assert abs(torch.corrcoef(torch.stack((first, second)).abs())[0, 1].item()) < 1e-2


def test_no_two_streams_places_or_seeds_share_a_key() -> None:
    """Sums like seed * 1000 + step do."""
    places = list(product(range(20), Stream, range(20), range(20)))
    assert len({derive(*place) for place in places}) == len(places)
    assert derive(0, Stream.ORDER, 1) == derive(0, Stream.ORDER, 1)


@pytest.mark.parametrize("apart", [1, 2, 2**32])
def test_keys_that_are_near_each_other_have_nothing_in_common(apart: int) -> None:
    first, second = (uniform(key(number), 100_000) for number in (5, 5 + apart))
    assert abs(torch.corrcoef(torch.stack((first, second)))[0, 1].item()) < 0.02
