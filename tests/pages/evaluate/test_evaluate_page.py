"""Evaluate: links to a cell, and what the figures beside the matrix show."""

import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from core.evaluation.calibration import reliability
from core.evaluation.metrics import per_class
from core.jobs import execute
from core.machine import pick_device
from core.recipe import Recipe
from core.runs.store import RunStore
from core.training import Control
from pages.evaluate.calibration import reliability_figure, reliability_words
from pages.evaluate.classes import class_bars, class_words, ranked
from tests.pages.opening import opened
from tests.traces import traces


def test_classes_are_ranked_and_the_undefined_says_none():
    table = per_class(np.array([[5, 0, 0], [5, 5, 0], [0, 0, 0]]), ["a", "b", "c"])
    bars = traces(class_bars(ranked(table, "precision"), "precision"))[0]
    assert [name for name, _ in bars["customdata"]] == ["b", "a", "c"]
    assert list(bars["text"]) == ["100.0 %", "50.0 %", "none"]


def test_empty_bins_are_left_out_of_the_reliability_diagram():
    logits = np.array([[2, 0], [2, 0], [0, 0]], dtype=np.float32)
    figure = reliability_figure(reliability(logits, np.array([0, 1, 0]), 1.0))
    assert list(traces(figure)[1]["y"]) == [100, 50]


def test_what_charts_show_is_told_in_words():
    table = per_class(np.array([[5, 0, 0], [5, 5, 0], [0, 0, 0]]), ["a", "b", "c"])
    told = class_words(ranked(table, "precision"), "precision")
    assert told == "Precision by class: b 100.00%, a 50.00%, c none"
    logits = np.array([[9, 0], [9, 0], [0, 0]], dtype=np.float32)
    bins = reliability(logits, np.array([0, 1, 0]), 1.0)
    assert reliability_words(bins) == (
        "Accuracy by confidence: 50.00% sure, 100.00% right (1 of the images); "
        "99.99% sure, 50.00% right (2 of the images)"
    )


@pytest.mark.parametrize("query", [
    {"true": "unicorn", "predicted": "circle"},
    {"true": "circle", "predicted": "unicorn"},
    {"true": "circle", "predicted": "unicorn", "images": "train", "cells": "true"},
])  # fmt: skip
def test_a_class_that_is_not_there_is_told_beside_the_matrix(
    query: dict[str, str], trained: str
) -> None:
    test = opened("evaluate", run=trained, **query)
    assert [info.value for info in test.info] == ["This network has no class 'unicorn'."]
    assert test.get("bidi_component") and not test.error
    assert not {"true", "predicted"} & {*test.query_params}


def test_a_cell_stays_with_networks_that_have_it_and_leaves_with_the_others(
    store: RunStore, trained: str, own_recipe: Recipe
) -> None:
    own = store.get(store.create(own_recipe, claimed=True))
    for _ in execute(store, own, Control(), pick_device()):
        pass
    test = opened("evaluate", run=trained, true="circle", predicted="circle")
    assert "of circle, recognised" in headings(test)[0]
    test.selectbox[0].set_value(own.id).run()
    assert "no class 'circle'" in test.info[0].value and not test.error
    assert test.get("bidi_component") and pairs(test)
    assert "true" not in test.query_params
    test.selectbox[0].set_value(trained).run()
    assert not test.info and not test.error


def test_a_pair_opens_its_cell(trained: str) -> None:
    test = opened("evaluate", run=trained)
    button = pairs(test)[0]
    found = re.fullmatch(r"(\w+) taken for (\w+): (\d+)", button.label)
    assert found is not None
    button.click().run()
    true, predicted, count = found.groups()
    assert re.match(rf"{count} test images? of {true}, taken for {predicted}", headings(test)[0])
    assert (test.query_params["true"], test.query_params["predicted"]) == (true, predicted)


def test_a_link_opens_what_it_was_made_of(trained: str) -> None:
    link = {
        "images": "validation",
        "cells": "Share of true",
        "order": "Least confident first",
        "true": "circle",
        "predicted": "circle",
    }
    test = opened("evaluate", run=trained, **link)
    images, view, cells = (control.value for control in test.segmented_control)
    assert (images, view, cells) == ("validation", "Mistakes", "true")
    assert "validation image" in headings(test)[0]


def test_a_link_opens_a_view(trained: str) -> None:
    test = opened("evaluate", run=trained, view="Classes", metric="Recall")
    assert [control.value for control in test.segmented_control] == ["test", "Classes", "recall"]
    assert headings(test) == ["Class by class"]


def test_values_that_cannot_be_are_the_default(trained: str) -> None:
    keys = ("images", "tta", "view", "cells", "order", "page")
    cell = {"true": "circle", "predicted": "circle"}
    test = opened("evaluate", run=trained, **cell, **dict.fromkeys(keys, "nope"))
    images, view, cells = (control.value for control in test.segmented_control)
    assert (images, view, cells) == ("test", "Mistakes", "count")
    assert not test.error and not test.toggle[0].value


def headings(test: AppTest) -> list[str]:
    return [heading.value for heading in test.subheader]


def pairs(test: AppTest) -> list[Button]:
    return [button for button in test.button if "taken for" in button.label]
