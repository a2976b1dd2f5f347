"""Evaluate: links to a cell, and what the figures beside the matrix show."""

import numpy as np

from core.evaluation.calibration import reliability
from core.evaluation.metrics import per_class
from pages.evaluate.calibration import reliability_figure
from pages.evaluate.classes import class_bars
from tests.pages.opening import opened, sentences
from tests.traces import traces


def test_classes_are_ranked_and_the_undefined_says_none():
    table = per_class(np.array([[5, 0, 0], [5, 5, 0], [0, 0, 0]]), ["a", "b", "c"])
    bars = traces(class_bars(table, "precision"))[0]
    assert [name for name, _ in bars["customdata"]] == ["b", "a", "c"]
    assert list(bars["text"]) == ["100.0 %", "50.0 %", "none"]


def test_empty_bins_are_left_out_of_the_reliability_diagram():
    logits = np.array([[2, 0], [2, 0], [0, 0]], dtype=np.float32)
    figure = reliability_figure(reliability(logits, np.array([0, 1, 0]), 1.0))
    assert list(traces(figure)[1]["y"]) == [100, 50]


def test_a_class_that_is_not_there_is_told_in_a_sentence(trained: str) -> None:
    test = opened("evaluate", run=trained, true="unicorn", predicted="circle")
    assert "no class 'unicorn'" in sentences(test)
