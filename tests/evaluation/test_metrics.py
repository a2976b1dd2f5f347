"""Figures of a network that a reader can check by hand."""

import numpy as np
import pytest

from core.evaluation import metrics

NAMES = ("cat", "dog", "ship")
LABELS = np.array([0, 0, 0, 0, 1, 1])
LOGITS = np.array(
    [[3, 1, 0], [2, 1, 0], [0, 5, 1], [0, 2, 1], [0, 1, 0], [2, 1, 0]], dtype=np.float32
)  # cat is right twice and a dog twice, dog is right once and a cat once; there is no ship


@pytest.fixture
def matrix() -> np.ndarray:
    return metrics.confusion_matrix(LOGITS, LABELS)


def test_rows_of_the_matrix_are_true_classes(matrix: np.ndarray):
    assert matrix.tolist() == [[2, 2, 0], [1, 1, 0], [0, 0, 0]]


def test_shares_of_rows_and_columns_add_up_and_empty_classes_are_zero(matrix: np.ndarray):
    assert metrics.normalise(matrix, "true")[0].tolist() == [0.5, 0.5, 0.0]
    assert metrics.normalise(matrix, "predicted")[:, 0] == pytest.approx([2 / 3, 1 / 3, 0])
    assert metrics.normalise(matrix, "true")[2].tolist() == [0.0, 0.0, 0.0]
    assert metrics.normalise(matrix, "count").tolist() == matrix.tolist()


def test_precision_recall_and_f1(matrix: np.ndarray):
    table = metrics.per_class(matrix, NAMES)
    cat = table[["precision", "recall", "f1"]].to_numpy()[0]
    assert cat == pytest.approx([2 / 3, 1 / 2, 4 / 7])
    assert table["support"].tolist() == [4, 2, 0]


def test_what_is_not_defined_is_not_a_number(matrix: np.ndarray):
    ship = metrics.per_class(matrix, NAMES).iloc[2]
    assert np.isnan(ship["precision"])
    assert np.isnan(ship["recall"])


def test_top_k_counts_the_true_class_among_the_k_highest():
    assert metrics.top_k_accuracy(LOGITS, LABELS, 1) == pytest.approx(3 / 6)
    assert metrics.top_k_accuracy(LOGITS, LABELS, 2) == pytest.approx(4 / 6)
    assert metrics.top_k_accuracy(LOGITS, LABELS, 3) == 1.0


def test_of_equal_scores_the_first_class_is_the_answer():
    equal = np.zeros((2, 3), dtype=np.float32)
    assert metrics.top_k_accuracy(equal, np.array([0, 1]), 1) == 0.5
    assert metrics.confusion_matrix(equal, np.array([0, 1]))[:, 0].tolist() == [1, 1, 0]


def test_the_largest_confusions_come_first(matrix: np.ndarray):
    table = metrics.most_confused(matrix, NAMES, n=5)
    assert table[["true", "predicted", "count"]].to_numpy().tolist() == [
        ["cat", "dog", 2],
        ["dog", "cat", 1],
    ]
    assert table["share"].tolist() == [0.5, 0.5]


def test_a_cell_lists_its_images_by_confidence():
    table = metrics.cell(LOGITS, LABELS, true=0, predicted=1, temperature=1.0)
    assert table["index"].tolist() == [2, 3]
    sure, less = np.exp(LOGITS[2]) / np.exp(LOGITS[2]).sum(), np.exp(LOGITS[3])
    assert table["confidence"].tolist() == pytest.approx([sure[1], less[1] / less.sum()])
    assert table["true_probability"].tolist()[0] == pytest.approx(sure[0])


def test_wilsons_interval_is_the_published_one():
    # 95 of 100: Wilson's interval, as in Newcombe 1998 for such a share, is 0.888 to 0.978.
    assert metrics.wilson_interval(95, 100) == pytest.approx((0.8882, 0.9785), abs=1e-4)
    assert metrics.wilson_interval(0, 0) == (0.0, 1.0)
