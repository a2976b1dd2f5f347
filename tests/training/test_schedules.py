"""Learning-rate curves, with values worked out by hand."""

import math

import pytest

from core.recipe import Schedule
from core.training.schedules import Plateau, rate_factor


def curve(schedule: Schedule, total_steps: int = 10, steps_per_epoch: int = 2) -> list[float]:
    return [
        rate_factor(schedule, step, total_steps, steps_per_epoch) for step in range(total_steps)
    ]


def test_constant_climbs_in_a_line_and_stays() -> None:
    assert curve(Schedule(name="constant", warmup=0.4)) == [0.25, 0.5, 0.75] + [1.0] * 7


def test_without_warm_up_it_begins_at_the_peak() -> None:
    assert curve(Schedule(name="constant", warmup=0.0)) == [1.0] * 10
    for name in ("linear", "cosine", "one_cycle", "step", "plateau"):
        assert curve(Schedule(name=name, warmup=0.0))[0] == 1.0


def test_linear_falls_in_equal_steps() -> None:
    expected = [0.5, 1.0, 1.0, 7 / 8, 6 / 8, 5 / 8, 4 / 8, 3 / 8, 2 / 8, 1 / 8]
    assert curve(Schedule(name="linear", warmup=0.2)) == pytest.approx(expected)


def test_cosine_is_half_at_half_time() -> None:
    values = curve(Schedule(name="cosine", warmup=0.0), total_steps=8)
    assert values[4] == pytest.approx(0.5)
    assert values[2] == pytest.approx((1 + math.sqrt(0.5)) / 2)
    assert values[6] == pytest.approx((1 - math.sqrt(0.5)) / 2)
    assert values == sorted(values, reverse=True)


def test_one_cycle_climbs_by_a_cosine_from_a_25th() -> None:
    values = curve(Schedule(name="one_cycle", warmup=0.5), total_steps=8)
    # Climbed 1/4, 2/4, 3/4, 4/4; then fallen by 0, 1/4, 2/4, 3/4.
    bend = (1 - math.sqrt(0.5)) / 2
    up = [0.04 + 0.96 * bend, 0.52, 0.04 + 0.96 * (1 - bend), 1.0]
    assert values == pytest.approx([*up, 1.0, 1 - bend, 0.5, bend])


def test_a_restart_falls_anew_from_half_the_peak() -> None:
    again = [n / 12 for n in range(6, 0, -1)]
    schedule = Schedule(name="linear", warmup=0.5, restart=2)
    assert curve(schedule) == pytest.approx([0.5, 1.0, 1.0, 0.5, *again])


def test_step_drops_after_every_few_epochs() -> None:
    schedule = Schedule(name="step", warmup=0.0, factor=0.5, every=2)
    assert curve(schedule) == [1.0] * 4 + [0.5] * 4 + [0.25] * 2


def test_plateau_drops_after_epochs_without_progress_in_a_row() -> None:
    plateau = Plateau(patience=2, drop=0.1)
    factors = []
    for loss in (1.0, 1.1, 0.9, 0.9, 1.0, 0.95, 0.8, 0.8, math.nan, 0.7):
        plateau.observe(loss)
        factors.append(plateau.factor)
    # 0.9 again and 1.0 bring no progress: the first drop; 0.8 again and NaN: the second.
    assert factors == pytest.approx([1, 1, 1, 1, 0.1, 0.1, 0.1, 0.1, 0.01, 0.01])
