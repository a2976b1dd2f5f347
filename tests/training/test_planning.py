"""What fits the minutes there are."""

import pytest

from core.recipe import ConvNet, Recipe, presets
from core.training import planning
from core.training.planning import BASE, LADDER, MINUTES, Rung, plan
from core.training.speed import expected_seconds

WIDTH = Rung((8,), 1.0, {1: 0.60, 4: 0.90})


def at(images_per_second: float, wide: float | None = None):
    """A machine of this speed, for the wider network of another."""

    def speed(recipe: Recipe) -> float:
        is_wide = isinstance(recipe.model, ConvNet) and recipe.model.channels == LADDER[-1].channels
        return wide if wide and is_wide else images_per_second

    return speed


def test_between_two_measurements_the_error_falls_evenly_on_logarithms():
    assert WIDTH.expected(1) == pytest.approx(0.60)
    assert WIDTH.expected(2) == pytest.approx(0.80)  # error 0.4, 0.2, 0.1
    assert WIDTH.expected(4) == pytest.approx(0.90)


def test_beyond_the_last_measurement_nothing_is_promised():
    assert WIDTH.expected(400) == pytest.approx(0.90)


def test_more_minutes_are_used_and_kept_to():
    plans = [plan(minutes, at(1000)) for minutes in MINUTES]
    accuracies = [one.accuracy for one in plans]
    assert accuracies == sorted(set(accuracies))
    for minutes, one in zip(MINUTES, plans, strict=True):
        assert one.seconds <= 60 * minutes or one.recipe.epochs == min(LADDER[0].reached)


@pytest.mark.parametrize("speed", [3, 80, 300, 900, 5000])
def test_more_minutes_never_buy_less_and_what_keeps_to_none_does_not_say_so(speed: float):
    plans = [plan(minutes, at(speed, wide=speed / 3)) for minutes in MINUTES]
    accuracies = [one.accuracy for one in plans]
    assert accuracies == sorted(accuracies)
    for minutes, one in zip(MINUTES, plans, strict=True):
        fits = one.seconds <= 60 * minutes
        assert ("minute" in one.recipe.name) == fits
        assert ("Too short a time" in one.recipe.about) != fits


def test_a_faster_machine_gets_a_wider_network():
    slow, fast = plan(1, at(1000)), plan(1, at(1e6))
    assert slow.recipe.model.channels == LADDER[0].channels  # pyright: ignore[reportAttributeAccessIssue]
    assert fast.recipe.model.channels == LADDER[-1].channels  # pyright: ignore[reportAttributeAccessIssue]
    assert fast.seconds < 60


def test_where_nothing_fits_the_quickest_is_offered_with_its_honest_time():
    one = plan(1, at(10))
    assert one.seconds > 60
    assert one.recipe.epochs == min(LADDER[0].reached)
    assert f"about {one.accuracy:.0%} of images it has not seen" in one.recipe.about


def test_the_recipe_is_named_after_its_budget():
    assert plan(1, at(5000)).recipe.name == "CIFAR-10 in 1 minute"
    assert plan(2.5, at(5000)).recipe.name == "CIFAR-10 in 2.5 minutes"


def test_small_images_count_as_what_they_cost(monkeypatch: pytest.MonkeyPatch):
    growing = presets()[BASE].model_copy(update={"resolutions": (24, 32)})
    monkeypatch.setattr(planning, "presets", lambda: {BASE: growing})
    one = plan(5, at(1000))
    assert one.seconds == expected_seconds(one.recipe, 1000)
    assert one.recipe.epochs > 1 and one.seconds < one.recipe.epochs * 49
