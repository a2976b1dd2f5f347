"""Means, intervals and what may be called a difference."""

import math

import pytest

from core.evaluation.spread import binomial_error, difference, spread


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


def test_a_clear_difference_has_an_interval_above_zero():
    apart, low, high = difference([0.80, 0.81, 0.82], [0.70, 0.71, 0.72])
    assert apart == pytest.approx(0.1)
    assert 0 < low < apart < high
    assert math.isnan(difference([0.8], [0.7, 0.71])[1])


def test_noise_has_an_interval_around_zero():
    _, low, high = difference([0.80, 0.82, 0.81], [0.81, 0.80, 0.82])
    assert low < 0 < high


@pytest.mark.parametrize(("accuracy", "points"), [(0.70, 0.46), (0.90, 0.30), (0.95, 0.22)])
def test_ten_thousand_images_leave_an_error_of_their_own(accuracy: float, points: float):
    assert 100 * binomial_error(accuracy, 10_000) == pytest.approx(points, abs=0.005)
