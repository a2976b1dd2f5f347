import numpy as np
import pytest
import torch
from small_networks import dense, network
from torch import nn

from core.explanation import effect_of, mean_map, ringed, strongest_part


def blob(top: int, left: int, strength: float = 1.0) -> torch.Tensor:
    attribution = torch.zeros(32, 32)
    attribution[top : top + 6, left : left + 6] = strength
    return attribution


def test_the_strongest_part_is_one_part_around_the_highest_value() -> None:
    part = strongest_part(1e-9 * (blob(4, 4) + blob(20, 22, 3.0) - blob(4, 20, 9.0)))
    assert part is not None
    assert part[20:26, 22:28].float().mean() > 0.8
    assert not part[:16].any() and 20 <= part.sum() <= 60


def test_no_part_speaks_for_a_class_where_nothing_does() -> None:
    assert strongest_part(torch.zeros(32, 32)) is None
    assert strongest_part(-blob(3, 3)) is None


def test_a_part_is_no_more_than_about_a_quarter_and_may_lie_at_the_edge() -> None:
    part = strongest_part(torch.linspace(0.9, 1, 1024).view(32, 32))
    assert part is not None and part.float().mean() <= 0.3 and part[-1].all()


def test_hiding_the_part_that_counts_costs_and_hiding_others_does_not() -> None:
    """The score is the brightness of a small white square on black."""
    weights = torch.zeros(2, 3, 32, 32)
    weights[0, :, 4:10, 4:10] = 0.05
    net = network(nn.Sequential(nn.Flatten(), dense(weights.flatten(1))), 2)
    picture = torch.zeros(32, 32, 3, dtype=torch.uint8)
    picture[4:10, 4:10] = 255
    part = strongest_part(blob(4, 4))
    assert part is not None
    effect = effect_of(net, picture, part, 0)
    assert effect.before == pytest.approx(1 / (1 + np.exp(-0.05 * 3 * 36)), rel=1e-3)
    assert effect.hidden < effect.before - 0.05
    assert effect.elsewhere is not None and effect.elsewhere > effect.before - 0.02
    assert effect.size == pytest.approx(float(part.float().mean()))
    assert effect_of(net, picture, torch.ones(32, 32, dtype=torch.bool), 0).elsewhere is None


@pytest.mark.parametrize("height", [32, 256])
def test_a_ring_lies_around_the_part_alone(height: int) -> None:
    picture = np.full((height, height, 3), 100, dtype=np.uint8)
    drawn = ringed(picture, blob(10, 10) > 0)
    changed = (drawn != picture).any(axis=2)
    scale = height // 32
    assert changed[10 * scale : 16 * scale, 10 * scale : 16 * scale].any()
    assert not changed[: 9 * scale].any() and not changed[:, 17 * scale :].any()
    assert not changed[13 * scale, 13 * scale] or height == 32
    assert {0, 255} <= set(drawn[changed].flatten().tolist())


def test_the_mean_map_weighs_every_picture_alike() -> None:
    maps = torch.stack([blob(0, 0, 100.0), blob(20, 20, 0.1), torch.zeros(32, 32)])
    mean = mean_map(maps)
    assert mean[:6, :6].sum() == pytest.approx(1 / 3) and mean[20:, 20:].sum() == pytest.approx(
        1 / 3
    )
