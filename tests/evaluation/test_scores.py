"""Scores of probabilities, beside what other libraries find for the same ones."""

import numpy as np
import pytest
import torch
from scipy.special import softmax
from sklearn.metrics import log_loss
from torchmetrics.functional.classification import (
    binary_calibration_error,
    multiclass_calibration_error,
)

from core.evaluation.calibration import (
    classwise_calibration_error,
    expected_calibration_error,
    sweep_calibration_error,
)
from core.evaluation.scores import brier_score, negative_log_likelihood, scores

Said = tuple[np.ndarray, np.ndarray]


def drawn(
    images: int, classes: int = 4, seed: int = 0, boast: float = 1.0, spread: float = 2.0
) -> Said:
    """Logits `boast` times as high as those that their labels are drawn by."""
    draw = np.random.default_rng(seed)
    logits = draw.normal(0, spread, (images, classes)).astype(np.float32)
    chance = softmax(logits, axis=1).cumsum(axis=1)
    labels = np.minimum((draw.random((images, 1)) > chance).sum(axis=1), classes - 1)
    return boast * logits, labels


@pytest.mark.parametrize(("classes", "temperature"), [(2, 1.0), (4, 1.0), (4, 0.4), (10, 2.5)])
def test_they_agree_with_other_libraries(classes: int, temperature: float):
    logits, labels = drawn(3000, classes)
    said = logits, labels, temperature
    probabilities = softmax(logits.astype(np.float64) / temperature, axis=1)
    theirs, truth = torch.from_numpy(probabilities), torch.from_numpy(labels)
    likelihood = log_loss(labels, probabilities, labels=range(classes))
    assert negative_log_likelihood(*said) == pytest.approx(likelihood, rel=1e-6)
    usual = multiclass_calibration_error(theirs, truth, classes, n_bins=15, norm="l1")
    assert expected_calibration_error(*said) == pytest.approx(float(usual), rel=1e-4)
    for number, error in enumerate(classwise_calibration_error(*said)):
        one = binary_calibration_error(
            theirs[:, number].contiguous(), truth == number, n_bins=15, norm="l1"
        )
        assert error == pytest.approx(float(one), rel=1e-4)


def test_the_brier_score_is_the_squared_distance_from_the_truth():
    logits = np.log(np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])).astype(np.float32)
    by_hand = (0.3**2 + 0.2**2 + 0.1**2 + 0.1**2 + 0.9**2 + 0.8**2) / 2
    assert brier_score(logits, np.array([0, 1]), 1.0) == pytest.approx(by_hand, rel=1e-5)


def test_the_sweep_is_nearer_to_none_for_an_honest_network_and_finds_a_boaster():
    honest, boasting = drawn(2000), drawn(2000, boast=3.0)
    found = sweep_calibration_error(*honest, 1.0)
    assert found.value < expected_calibration_error(*honest, 1.0)
    assert found.interval and found.interval[0] == 0
    caught = sweep_calibration_error(*boasting, 1.0)
    assert caught.value == pytest.approx(expected_calibration_error(*boasting, 1.0), abs=0.01)
    assert caught.interval
    assert 0.1 < caught.interval[0] < caught.value < caught.interval[1]


@pytest.mark.parametrize(("boast", "least"), [(1.0, 0.93), (1.5, 0.85)])
def test_its_interval_holds_the_truth_about_as_often_as_it_says(boast: float, least: float):
    """95 % is not reached where the truth is some gap: that bins were chosen goes unnoticed."""
    many, truths = drawn(400_000, seed=1, boast=boast), 60
    truth = expected_calibration_error(*many, 1.0, bins=100) if boast > 1 else 0.0
    found = [
        sweep_calibration_error(*drawn(1000, seed=seed, boast=boast), 1.0, resamples=200)
        for seed in range(2, 2 + truths)
    ]
    intervals = [one.interval for one in found if one.interval]
    assert len(intervals) == truths
    assert np.mean([low <= truth <= high for low, high in intervals]) >= least


@pytest.mark.parametrize(("images", "classes", "spread"), [
    (1, 4, 1.0), (3, 4, 1.0), (10, 4, 1.0), (30, 10, 3.0), (100, 10, 15.0), (200, 10, 40.0),
])  # fmt: skip
def test_few_images_and_few_mistakes_make_no_interval_that_is_too_narrow(
    images: int, classes: int, spread: float
):
    """For honest networks; the last ones are nearly always right."""
    said = [drawn(images, classes, seed, spread=spread) for seed in range(100)]
    found = [sweep_calibration_error(*one, 1.0, resamples=100).interval for one in said]
    missed = [interval[0] > 0 for interval in found if interval]
    assert sum(missed) <= max(1, 0.05 * len(missed))


@pytest.mark.parametrize("right", [7_980, 8_000, 8_001, 8_004, 8_020])
def test_a_gap_far_below_what_chance_makes_has_an_interval_and_no_point(right: int):
    """One bin, as all confidences are alike."""
    logits = np.log(np.full((10_000, 10), 0.2 / 9, np.float32))
    logits[:, 0] = np.log(0.8)
    labels = np.random.default_rng(1).permutation((np.arange(10_000) >= right).astype(int))
    interval = sweep_calibration_error(logits, labels, 1.0).interval
    assert interval is not None
    assert interval[0] == 0 and interval[1] > 0.004  # of which 0.4 points is a standard error


def test_a_network_without_mistakes_has_no_interval_however_many_images_there_are():
    logits, _ = drawn(2000)
    assert sweep_calibration_error(logits, logits.argmax(axis=1), 1.0).interval is None


def test_the_interval_is_the_same_each_time():
    assert sweep_calibration_error(*drawn(500), 1.0) == sweep_calibration_error(*drawn(500), 1.0)


def test_a_class_without_images_has_no_gap_and_is_left_out_of_the_mean():
    logits, labels = drawn(200)
    labels = np.where(labels == 3, 0, labels)
    gaps = classwise_calibration_error(logits, labels, 1.0)
    assert np.isnan(gaps).tolist() == [False, False, False, True]
    assert scores(logits, labels, 1.0).classwise_gap == pytest.approx(gaps[:3].mean())


@pytest.mark.parametrize(("right", "gap"), [(True, 0.0), (False, 1.0)])
def test_a_network_that_is_always_right_or_always_wrong_has_scores(right: bool, gap: float):
    labels = np.arange(50) % 2
    logits = 60 * np.eye(2, dtype=np.float32)[labels if right else 1 - labels]
    found = scores(logits, labels, 1.0)
    assert found.gap.value == pytest.approx(gap, abs=1e-6)
    assert found.usual_gap == pytest.approx(gap) and found.brier == pytest.approx(2 * gap)
    assert found.likelihood == pytest.approx(60 * gap, abs=1e-6)


def test_a_single_image_has_scores():
    found = scores(np.zeros((1, 3), np.float32), np.array([2]), 1.0)
    assert found.gap.value == pytest.approx(1 / 3) and np.isfinite(found.brier)
