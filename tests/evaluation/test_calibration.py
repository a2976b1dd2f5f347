"""Does confidence mean what it says? Checked on networks whose honesty is known."""

import numpy as np
import pytest
from scipy.special import softmax

from core.evaluation.calibration import (
    COLDEST,
    HOTTEST,
    expected_calibration_error,
    fit_temperature,
    reliability,
)

IMAGES = 20_000


@pytest.fixture(scope="module")
def honest() -> tuple[np.ndarray, np.ndarray]:
    """Logits, and labels drawn with exactly the probabilities that they claim."""
    random = np.random.default_rng(0)
    logits = random.normal(0, 2, (IMAGES, 4)).astype(np.float32)
    chance = softmax(logits, axis=1).cumsum(axis=1)
    return logits, (random.random((IMAGES, 1)) > chance).sum(axis=1)


def test_an_honest_network_keeps_its_temperature(honest: tuple[np.ndarray, np.ndarray]):
    assert fit_temperature(*honest) == pytest.approx(1.0, abs=0.03)
    assert expected_calibration_error(*honest, temperature=1.0) < 0.012


def test_a_boaster_is_cooled_down_to_the_truth(honest: tuple[np.ndarray, np.ndarray]):
    logits, labels = honest
    assert fit_temperature(3 * logits, labels) == pytest.approx(3.0, rel=0.03)
    boasting = expected_calibration_error(3 * logits, labels, temperature=1.0)
    corrected = expected_calibration_error(3 * logits, labels, temperature=3.0)
    assert boasting > 0.1 > 0.012 > corrected


def test_a_network_without_errors_gets_a_usable_temperature():
    sure = np.eye(3, dtype=np.float32)
    assert COLDEST <= fit_temperature(sure, np.arange(3)) <= HOTTEST
    assert COLDEST <= fit_temperature(np.zeros((3, 3), np.float32), np.arange(3)) <= HOTTEST


def test_bins_hold_every_image_once_and_say_how_often_it_was_right():
    # Two classes: confidence 0.88 for the first three images (two right), 0.5 for the last (right).
    logits = np.array([[2, 0], [2, 0], [0, 2], [0, 0]], dtype=np.float32)
    table = reliability(logits, np.array([0, 1, 1, 0]), temperature=1.0, bins=10)
    filled = table.query("count > 0")
    assert filled["count"].tolist() == [1, 3]
    assert filled["low"].tolist() == pytest.approx([0.4, 0.8])  # an upper edge belongs to its bin
    assert filled["accuracy"].tolist() == pytest.approx([1, 2 / 3])
    assert filled["confidence"].tolist() == pytest.approx([0.5, 0.8808], abs=1e-4)
    assert np.isnan(table["accuracy"].tolist()).sum() == 8
    assert filled["accuracy_low"].tolist() < filled["accuracy"].tolist()


def test_the_error_is_the_gap_weighted_by_images():
    logits = np.array([[2, 0], [2, 0], [0, 2], [0, 0]], dtype=np.float32)
    error = expected_calibration_error(logits, np.array([0, 1, 1, 0]), temperature=1.0, bins=10)
    assert error == pytest.approx(3 / 4 * abs(2 / 3 - 0.8808) + 1 / 4 * 0.5, abs=1e-4)
