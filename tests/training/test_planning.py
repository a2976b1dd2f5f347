"""What fits the minutes there are."""

import pytest
import torch

from core.training import planning
from core.training.planning import LADDER, MINUTES, Rung, plan

CPU = torch.device("cpu")
WIDTH = Rung((8,), 1.0, {1: 0.60, 4: 0.90})


@pytest.fixture
def images_per_second(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[int, ...], float]:
    """Measured speeds by channels, for machines that are not at hand."""
    speeds = dict.fromkeys([rung.channels for rung in LADDER], 1000.0)
    monkeypatch.setattr(
        planning, "training_speed", lambda recipe, *_: speeds[recipe.model.channels]
    )
    return speeds


def test_between_two_measurements_the_error_falls_evenly_on_logarithms():
    assert WIDTH.expected(1) == pytest.approx(0.60)
    assert WIDTH.expected(2) == pytest.approx(0.80)  # error 0.4, 0.2, 0.1
    assert WIDTH.expected(4) == pytest.approx(0.90)


def test_beyond_the_last_measurement_nothing_is_promised():
    assert WIDTH.expected(400) == pytest.approx(0.90)


@pytest.mark.usefixtures("images_per_second")
def test_more_minutes_are_used_and_kept_to():
    plans = [plan(minutes, CPU) for minutes in MINUTES]
    accuracies = [one.accuracy for one in plans]
    assert accuracies == sorted(set(accuracies))
    for minutes, one in zip(MINUTES, plans, strict=True):
        assert one.seconds <= 60 * minutes or one.recipe.epochs == min(LADDER[0].reached)


def test_a_faster_machine_gets_a_wider_network(images_per_second: dict[tuple[int, ...], float]):
    slow = plan(1, CPU)
    images_per_second.update(dict.fromkeys(images_per_second, 1e6))
    fast = plan(1, CPU)
    assert slow.recipe.model.channels == LADDER[0].channels  # pyright: ignore[reportAttributeAccessIssue]
    assert fast.recipe.model.channels == LADDER[-1].channels  # pyright: ignore[reportAttributeAccessIssue]
    assert fast.seconds < 60


def test_where_nothing_fits_the_quickest_is_offered_with_its_honest_time(
    images_per_second: dict[tuple[int, ...], float],
):
    images_per_second.update(dict.fromkeys(images_per_second, 10.0))
    one = plan(1, CPU)
    assert one.seconds > 60
    assert one.recipe.epochs == min(LADDER[0].reached)
    assert f"about {one.accuracy:.0%}" in one.recipe.about


def test_the_recipe_is_named_after_its_budget(
    images_per_second: dict[tuple[int, ...], float],  # noqa: ARG001
):
    assert plan(1, CPU).recipe.name == "CIFAR-10 in 1 minute"
    assert plan(2.5, CPU).recipe.name == "CIFAR-10 in 2.5 minutes"
