"""Curves of one class against the rest, beside scikit-learn's."""

import numpy as np
import pytest
from sklearn.metrics import (
    average_precision_score,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

from core.evaluation.ranking import STEPS, precision_recall, receiver_operating, thinned


def drawn(seed: int, ties: bool) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    true = draw.random(3000) < 0.1
    probability = 1 / (1 + np.exp(-draw.normal(2 * true, 1)))
    return (np.round(probability, 1) if ties else probability), true


@pytest.mark.parametrize("ties", [False, True])
def test_curves_and_areas_are_scikit_learns(ties: bool):
    probability, true = drawn(0, ties)
    found = precision_recall(probability, true)
    assert found.area == pytest.approx(average_precision_score(true, probability))
    precision, recall, _ = precision_recall_curve(true, probability)
    np.testing.assert_allclose(found.x, recall[::-1])
    np.testing.assert_allclose(found.y[1:], precision[::-1][1:])
    found = receiver_operating(probability, true)
    assert found.area == pytest.approx(roc_auc_score(true, probability))
    x, y, _ = roc_curve(true, probability, drop_intermediate=False)
    np.testing.assert_allclose((found.x, found.y), (x, y))


def test_a_thinned_curve_is_the_same_drawing():
    whole = receiver_operating(*drawn(1, ties=False))
    few = thinned(whole)
    assert len(few.x) <= 2 * STEPS + 2 < len(whole.x)
    assert (few.x[0], few.y[0], few.x[-1], few.y[-1]) == (0, 0, 1, 1)
    apart = [np.hypot(few.x - x, few.y - y).min() for x, y in zip(whole.x, whole.y, strict=True)]
    assert max(apart) <= 2**0.5 / STEPS
    assert few.area == whole.area


def test_a_class_without_images_or_without_others_is_not_defined():
    probability = np.array([0.2, 0.9, 0.4])
    none, only = np.zeros(3, dtype=bool), np.ones(3, dtype=bool)
    assert np.isnan(precision_recall(probability, none).area)
    assert np.isnan(receiver_operating(probability, none).area)
    assert np.isnan(receiver_operating(probability, only).area)
    assert precision_recall(probability, only).area == 1


@pytest.mark.parametrize(("sign", "area"), [(1, 1.0), (-1, 0.0)])
def test_a_perfect_order_and_its_reverse(sign: int, area: float):
    true = np.array([True, False, True, False])
    assert receiver_operating(sign * true.astype(float), true).area == area
