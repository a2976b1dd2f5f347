"""Pictures of no class: the same again, of every kind, and never those that networks train on."""

import pytest
import torch

from core.data import shapes
from core.data.unknowns import KINDS, draw


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_drawn_the_same_again_and_more_begin_with_the_same(kind: str) -> None:
    few, many = draw(kind, 5), draw(kind, 9)
    assert many.shape == (9, 32, 32, 3) and many.dtype == torch.uint8
    assert torch.equal(many[:5], few)
    assert not torch.equal(draw(kind, 5, seed=1), few)
    assert all(picture.float().std() > 1 for picture in many)  # none is of one colour


def test_shapes_are_none_that_a_network_of_shapes_was_trained_or_tested_on() -> None:
    unknown = draw("shapes", 20)
    for seed in shapes.SEEDS.values():
        assert not torch.equal(shapes.draw(20, seed).images, unknown)
