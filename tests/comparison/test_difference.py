"""Where one mends and breaks what the other says, and several as one."""

import numpy as np
import pytest

from core.comparison.answers import Answers, Questions, answers_of
from core.comparison.difference import OUTCOMES, difference, in_cell, outcomes
from core.comparison.ensemble import ensemble
from core.errors import ConvscopeError
from core.evaluation.logits import SplitLogits
from core.evaluation.metrics import confusion_matrix
from core.runs.checkpoint import load_card
from core.runs.networks import SHIPPED

QUESTIONS = Questions(("cat", "dog", "owl"), np.array([0, 0, 0, 1, 1, 2]), "these")


def says(*predicted: int, probabilities: np.ndarray | None = None) -> Answers:
    return Answers("it", QUESTIONS, np.array(predicted), probabilities)


A, B = says(0, 1, 1, 1, 0, 2), says(1, 0, 1, 1, 2, 2)


def test_the_change_is_one_matrix_minus_the_other() -> None:
    expected = [[0, 0, 0], [-1, 0, 1], [0, 0, 0]]
    assert difference(A, B).change.tolist() == expected == (B.matrix() - A.matrix()).tolist()
    better = difference(A, B).better
    assert better[1, 0] and not better[1, 2] and not better[0, 0]


def test_cells_tell_what_is_mended_and_broken() -> None:
    found = difference(A, B)
    assert found.mends[0].tolist() == [1, 1, 0] and found.breaks[0].tolist() == [1, 1, 0]
    assert found.mends[1:].sum() == found.breaks[1:].sum() == 0  # one mistake became another


def test_every_image_has_its_outcome() -> None:
    named = [OUTCOMES[number] for number in outcomes(A, B)]
    assert named == [
        *("only A right", "only B right", "both wrong"),
        *("both right", "both wrong", "both right"),
    ]
    assert in_cell(A, B, 0, 1).tolist() == [True, True, True, False, False, False]


def test_what_a_network_says_is_calibrated_by_its_card() -> None:
    card = load_card(SHIPPED / "best.safetensors")
    logits = np.random.default_rng(0).normal(size=(20, 10)).astype(np.float32)
    labels = np.arange(20) % 10
    found = answers_of("best", card, SplitLogits(logits, labels))
    scaled = np.exp(logits.astype(np.float64) / card.temperature)
    assert found.probabilities == pytest.approx(scaled / scaled.sum(axis=1, keepdims=True))
    assert found.matrix().tolist() == confusion_matrix(logits, labels).tolist()
    assert found.confidence == pytest.approx((scaled / scaled.sum(1, keepdims=True)).max(axis=1))


def test_an_ensemble_says_what_is_most_probable_in_the_mean() -> None:
    sure, unsure = np.tile([0.9, 0.1, 0.0], (6, 1)), np.tile([0.3, 0.6, 0.1], (6, 1))
    one = says(*[0] * 6, probabilities=sure)
    two = says(*[1] * 6, probabilities=unsure)
    found = ensemble([one, two], "both")
    assert found.predicted.tolist() == [0] * 6 and found.name == "both"
    assert found.probabilities == pytest.approx((sure + unsure) / 2)


def test_what_cannot_be_an_ensemble_is_told() -> None:
    one = says(*[0] * 6, probabilities=np.full((6, 3), 1 / 3))
    with pytest.raises(ConvscopeError, match="of two networks or more"):
        ensemble([one], "alone")
    with pytest.raises(ConvscopeError, match="it tells classes without probabilities"):
        ensemble([one, A], "both")
    other = Questions(QUESTIONS.classes, QUESTIONS.labels, "those")
    with pytest.raises(ConvscopeError, match="was tested on other images"):
        ensemble([one, Answers("it", other, one.predicted, one.probabilities)], "both")
