"""Axes, smoothing, thinning and means of curves, by numbers worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from core.evaluation.curves import (
    Axis,
    Spending,
    along,
    over_seeds,
    smoothed,
    steps_along,
    thinned,
)
from core.recipe import Recipe

EPOCHS = pd.DataFrame(
    {"epoch": [1, 2, 3], "seconds": [2.0, 4.0, 2.0], "images_per_second": [50.0, 25.0, 50.0]}
)
SPENT = Spending(Recipe(batch_size=32, epochs=4), flops=1000)


@pytest.mark.parametrize(("axis", "ends"), [
    ("epoch", [1, 2, 3]),
    ("time", [2, 6, 8]),
    ("step", [4, 8, 12]),  # 100 images are three whole batches and a smaller one
    ("flops", [100_000, 200_000, 300_000]),
])  # fmt: skip
def test_epochs_stand_where_they_ended(axis: Axis, ends: list[float]) -> None:
    assert along(EPOCHS, axis, SPENT).tolist() == ends


@pytest.mark.parametrize("axis", ["step", "flops"])
def test_nothing_is_made_up_of_a_run_whose_recipe_is_not_known(axis: Axis) -> None:
    with pytest.raises(ValueError, match=axis):
        along(EPOCHS, axis)


@pytest.mark.parametrize(("axis", "places"), [
    ("step", [2, 4, 6, 8, 14]),
    ("epoch", [0.5, 1, 1.5, 2, 3.5]),
    ("time", [1, 2, 4, 6, 9]),  # step 14 lies halfway between 8 s at step 12 and 10 s at step 16
    ("flops", [50_000, 100_000, 150_000, 200_000, 350_000]),
])  # fmt: skip
def test_steps_meet_the_ends_of_their_epochs(axis: Axis, places: list[float]) -> None:
    made = np.array([2, 4, 6, 8, 14])
    assert steps_along(made, EPOCHS, axis, 4, (16, 10.0), SPENT) == pytest.approx(places)


@pytest.mark.parametrize(("axis", "places"), [
    ("time", [1.5, 3.0]), ("flops", [64_000, 128_000]), ("epoch", [0.5, 1])
])  # fmt: skip
def test_steps_of_a_first_epoch_have_a_place_too(axis: Axis, places: list[float]) -> None:
    begun = steps_along(np.array([2, 4]), EPOCHS[:0], axis, 4, (4, 3.0), SPENT)
    assert begun == pytest.approx(places)


def test_the_average_is_debiased() -> None:
    # 1; (0.5 * 1 * 0.5 + 0.5 * 3) / 0.75 = 7/3; (0.5 * 1.75 + 0.5 * 5) / 0.875 = 27/7
    assert smoothed(np.array([1.0, 3.0, 5.0]), 0.5) == pytest.approx([1, 7 / 3, 27 / 7])
    assert smoothed(np.full(50, 4.0), 0.99) == pytest.approx(np.full(50, 4.0))


def test_without_weight_nothing_is_smoothed() -> None:
    assert smoothed(np.array([1.0, 3.0]), 0).tolist() == [1, 3]


def test_a_loss_that_was_no_number_is_a_gap_and_spoils_nothing_after_it() -> None:
    averages = smoothed(np.array([1.0, np.nan, np.inf, 3.0]), 0.5)
    assert averages == pytest.approx([1, np.nan, np.nan, 7 / 3], nan_ok=True)
    stored = pd.Series([1.0, None, 3.0], dtype=object)
    assert np.isnan(smoothed(stored.to_numpy(), 0.0)[1])


@pytest.mark.parametrize("count", [0, 1, 2, 299, 300])
def test_few_points_are_all_drawn(count: int) -> None:
    assert thinned(count, 300).tolist() == list(range(count))


def test_many_points_are_thinned_evenly_with_both_ends() -> None:
    assert thinned(101, 5).tolist() == [0, 25, 50, 75, 100]


def test_seeds_are_averaged_as_far_as_all_have_come() -> None:
    x = np.array([1.0, 2, 3])
    band = over_seeds([(x, np.array([0.2, 0.4, 0.9])), (x[:2], np.array([0.4, 0.8]))])
    assert band.x.tolist() == [1, 2]
    assert band.mean == pytest.approx([0.3, 0.6])
    assert (band.low.tolist(), band.high.tolist()) == ([0.2, 0.4], [0.4, 0.8])
