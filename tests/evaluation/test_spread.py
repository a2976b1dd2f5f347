"""Means, intervals, and what so many images leave open."""

import math

import pytest

from core.evaluation.spread import binomial_error, spread


def test_the_interval_of_a_mean_is_students():
    # t for 2 degrees of freedom at 95 % is 4.3027.
    found = spread([0.90, 0.92, 0.94])
    assert (found.mean, found.deviation) == pytest.approx((0.92, 0.02))
    assert found.high - found.mean == pytest.approx(4.3027 * 0.02 / 3**0.5, rel=1e-4)
    assert found.mean - found.low == pytest.approx(found.high - found.mean)


def test_one_run_has_a_mean_and_no_interval():
    found = spread([0.9])
    assert found.mean == 0.9
    assert all(map(math.isnan, (found.deviation, found.low, found.high)))


@pytest.mark.parametrize(("accuracy", "points"), [(0.70, 0.46), (0.90, 0.30), (0.95, 0.22)])
def test_ten_thousand_images_leave_an_error_of_their_own(accuracy: float, points: float):
    assert 100 * binomial_error(accuracy, 10_000) == pytest.approx(points, abs=0.005)
