"""Prediction sets keep their promise on images that nothing was fitted on."""

import numpy as np
import pytest
from scipy.special import softmax

from core.evaluation.conformal import (
    coverage_of,
    expected_coverage,
    fit_thresholds,
    prediction_sets,
)

CLASSES = 5


def drawn(images: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Logits of a network that is neither honest nor alike to its classes, and labels."""
    draw = np.random.default_rng(seed)
    labels = draw.integers(0, CLASSES, images)
    logits = draw.normal(0, 1 + labels[:, None] / 3, (images, CLASSES))
    logits[np.arange(images), labels] += 3 - labels / 2
    return (2 * logits).astype(np.float32), labels


@pytest.mark.parametrize("error", [0.01, 0.05, 0.2])
def test_the_coverage_of_held_out_images_is_what_was_asked_for(error: float):
    within = []
    for seed in range(40):
        fitted, tried = drawn(500, seed), drawn(1000, 1000 + seed)
        thresholds = fit_thresholds(*fitted, 1.0, error)
        reached = coverage_of(prediction_sets(tried[0], 1.0, thresholds), tried[1]).reached
        low, high = expected_coverage(500, 1000, error)
        assert low < 1 - error < high
        within.append(low <= reached <= high)
    assert np.mean(within) >= 0.85  # 95 % of 40, within three standard errors


def test_classes_of_their_own_thresholds_are_each_covered():
    fitted, tried = drawn(5000, 0), drawn(20_000, 1)
    told: dict[bool, np.ndarray] = {}
    for by_class in (False, True):
        thresholds = fit_thresholds(*fitted, 1.0, 0.1, by_class)
        told[by_class] = coverage_of(prediction_sets(tried[0], 1.0, thresholds), tried[1]).by_class
    assert told[False].min() < 0.85
    assert np.abs(told[True] - 0.9).max() < 0.03


def test_what_is_told_of_sets_is_counted_by_hand():
    sets = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0], [1, 1, 1]], dtype=bool)
    told = coverage_of(sets, np.array([0, 1, 0, 1]))
    assert told.reached == 0.75 and told.low < 0.75 < told.high
    assert told.size == 1.5 and told.sizes.tolist() == [1, 1, 1, 1]
    np.testing.assert_array_equal(told.by_class, [0.5, 1.0, np.nan])


def test_too_few_images_take_every_class_in():
    logits, labels = drawn(50, 0)
    thresholds = fit_thresholds(logits, labels, 1.0, 0.01)
    assert prediction_sets(logits, 1.0, thresholds).all()
    assert expected_coverage(50, 1000, 0.01) == (1.0, 1.0)
    absent = fit_thresholds(logits[labels != 3], labels[labels != 3], 1.0, 0.2, by_class=True)
    assert (absent == 0).tolist() == [False, False, False, True, False]


def test_the_threshold_is_the_quantile_of_the_papers():
    logits, labels = drawn(199, 3)
    true = softmax(logits.astype(np.float64), axis=1)[np.arange(199), labels]
    scores = 1 - true
    level = np.ceil(200 * 0.9) / 199
    quantile = np.quantile(scores, level, method="inverted_cdf")
    assert fit_thresholds(logits, labels, 1.0, 0.1)[0] == pytest.approx(1 - quantile)


@pytest.mark.parametrize("right", [True, False])
def test_a_network_that_is_always_or_never_right_has_sets(right: bool):
    labels = np.arange(100) % 2
    logits = 9 * np.eye(2, dtype=np.float32)[labels if right else 1 - labels]
    sets = prediction_sets(logits, 1.0, fit_thresholds(logits, labels, 1.0, 0.05))
    told = coverage_of(sets, labels)
    assert told.reached == 1 and told.size == (1 if right else 2)
