"""Suspected label errors: what is counted, how it is ranked, and that flipped labels are found."""

import numpy as np
import pytest
from scipy.special import softmax

from core.bench.labels import with_flipped_labels
from core.data import load_dataset
from core.data.dataset import Dataset
from core.errors import ConvscopeError
from core.evaluation.label_errors import (
    confident_classes,
    precision,
    ranked,
    suspects,
    thresholds,
)
from core.recipe import load_recipe
from core.training.folds import cross_validated

pytestmark = pytest.mark.slow

# Five images of two classes; the third is labelled 0 and confidently 1.
PROBABILITIES = np.array([[0.9, 0.1], [0.7, 0.3], [0.05, 0.95], [0.2, 0.8], [0.4, 0.6]])
LABELS = np.array([0, 0, 0, 1, 1])


def test_a_class_counts_from_its_mean_probability_on() -> None:
    np.testing.assert_allclose(thresholds(PROBABILITIES, LABELS), [0.55, 0.7])


def test_an_image_that_reaches_no_threshold_is_confidently_nothing() -> None:
    assert confident_classes(PROBABILITIES, LABELS).tolist() == [0, 0, 1, 1, -1]


def test_of_two_classes_that_are_reached_the_more_probable_one_counts() -> None:
    probabilities = np.array([[0.3, 0.1, 0.6], [0.4, 0.5, 0.1], [0.45, 0.4, 0.15]])
    labels = np.array([2, 1, 0])  # thresholds .45, .5, .6
    assert confident_classes(probabilities, labels).tolist() == labels.tolist()


def test_the_least_probable_label_comes_first_whether_or_not_it_is_confidently_wrong() -> None:
    probabilities = np.array([[0.9, 0.1], [0.4, 0.6], [0.02, 0.98], [0.1, 0.9], [0.45, 0.55]])
    labels = np.array([0, 0, 1, 0, 1])  # thresholds .467, .765
    frame = suspects(probabilities, labels)
    assert frame["index"].tolist() == [3, 1]
    assert frame["confident"].tolist() == [True, False]
    doubted = np.array([[0.1, 0.45, 0.45], [0.3, 0.1, 0.6], [0.9, 0.1, 0.0], [0.0, 0.9, 0.1]])
    frame = suspects(doubted, np.array([0, 0, 0, 1]))  # thresholds .433, .9, infinite
    assert frame["index"].tolist() == [0, 1]


def test_suspects_come_first_with_what_they_rather_are() -> None:
    frame = ranked(PROBABILITIES, LABELS)
    assert frame["index"].tolist() == [2, 4, 1, 3, 0]
    first = frame.iloc[0]
    assert (first["given"], first["suggested"], first["confident"]) == (0, 1, True)
    assert first["self_confidence"] == pytest.approx(0.05)
    assert first["margin"] == pytest.approx(-0.9)
    assert suspects(PROBABILITIES, LABELS)["index"].tolist() == [2]


def test_a_label_that_the_network_agrees_with_is_no_suspect_however_unsure_it_is() -> None:
    probabilities = np.array([[0.5, 0.3, 0.2], [0.9, 0.05, 0.05], [0.1, 0.3, 0.6], [0.1, 0.2, 0.7]])
    labels = np.array([0, 0, 1, 2])  # thresholds .7, .3, .7: the first is confidently a 1
    assert ranked(probabilities, labels).set_index("index")["confident"][0]
    assert suspects(probabilities, labels)["index"].tolist() == [2]


def test_a_share_of_no_label_flips_nothing_and_says_so(tiny_data: Dataset) -> None:
    with pytest.raises(ConvscopeError, match=r"0\.10% of 203 training labels is none"):
        with_flipped_labels(tiny_data, 0.001, seed=0)


def test_a_network_that_is_always_right_suspects_nothing() -> None:
    assert suspects(np.eye(3)[[0, 1, 2, 1]], np.array([0, 1, 2, 1])).empty


def test_a_class_without_images_is_never_confidently_meant() -> None:
    probabilities = np.array([[0.1, 0.1, 0.8], [0.1, 0.7, 0.2]])
    labels = np.array([0, 1])
    assert 2 not in confident_classes(probabilities, labels)
    assert ranked(probabilities, labels)["suggested"].tolist() == [2, 2]


def test_precision_is_of_as_many_as_there_are() -> None:
    wrong = np.array([True, False, True, False])
    assert precision(np.array([0, 1, 2, 3]), wrong) == 0.5
    assert precision(np.array([2, 0, 1, 3]), wrong) == 1.0


def test_flipped_labels_are_another_class_and_as_many_as_asked(tiny_data: Dataset) -> None:
    flipped, wrong = with_flipped_labels(tiny_data, 0.1, seed=0)
    assert wrong.sum() == 20
    assert np.array_equal(wrong, (flipped.train.labels != tiny_data.train.labels).numpy())
    assert set(flipped.train.labels.tolist()) == {0, 1, 2, 3}
    assert flipped.test is tiny_data.test


def test_most_of_five_percent_of_flipped_labels_are_found_among_shapes() -> None:
    recipe = load_recipe("shapes-quick")
    flipped, wrong = with_flipped_labels(load_dataset(recipe.data), 0.05, seed=0)
    evaluated = cross_validated(recipe, flipped, folds=2)
    frame = ranked(softmax(evaluated.logits, axis=1), evaluated.labels)
    assert precision(frame["index"].to_numpy(), wrong) >= 0.8
