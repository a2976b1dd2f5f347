"""Several recipes against one baseline."""

import math

import numpy as np
import pytest
from scipy import stats

from core.comparison.baseline import against_baseline

# Millions of blood cells a cubic millimetre of three groups of animals: Dunnett (1955), section 4.
CONTROL = [7.40, 8.50, 7.20, 8.24, 9.84, 8.32]
DRUGS = {"A": [9.76, 8.80, 7.68, 9.36], "B": [12.80, 9.68, 12.16, 9.20, 10.55]}


def test_the_blood_counts_of_dunnett_have_the_bounds_that_r_gives_them():
    """By glht of R's multcomp."""
    found = against_baseline(CONTROL, DRUGS)
    assert found["A"] == pytest.approx((0.65, -1.25641, 2.55641), abs=0.003)
    assert found["B"] == pytest.approx((2.628, 0.83963, 4.41637), abs=0.003)


def test_the_figures_are_the_same_each_time():
    assert against_baseline(CONTROL, DRUGS) == against_baseline(CONTROL, DRUGS)


def test_a_single_variant_is_judged_by_students_test():
    found = against_baseline(CONTROL, {"B": DRUGS["B"]})["B"]
    interval = stats.ttest_ind(DRUGS["B"], CONTROL).confidence_interval(0.95)
    assert found[1:] == pytest.approx((interval.low, interval.high), abs=0.01)


def test_all_intervals_hold_at_once_as_often_as_they_say():
    generator = np.random.default_rng(0)
    held = 0
    for _ in range(40):
        drawn = generator.normal(0.75, 0.003, (5, 3)).tolist()
        found = against_baseline(drawn[0], {str(one): drawn[one] for one in range(1, 5)})
        held += all(low < 0 < high for _, low, high in found.values())
    assert held >= 35


def test_one_seed_has_a_difference_and_no_interval():
    found = against_baseline(CONTROL, DRUGS | {"C": [9.0]})
    assert found["C"][0] == pytest.approx(0.75) and math.isnan(found["C"][1])
    assert found["A"] == against_baseline(CONTROL, DRUGS)["A"]  # C has no part in their test
    assert all(math.isnan(low) for _, low, _ in against_baseline([8.0], DRUGS).values())


def test_without_any_spread_there_is_no_interval():
    difference, low, high = against_baseline([0.7, 0.7], {"same": [0.71, 0.71]})["same"]
    assert difference == pytest.approx(0.01) and math.isnan(low) and math.isnan(high)


def test_no_variants_are_no_answers():
    assert against_baseline(CONTROL, {}) == {}
