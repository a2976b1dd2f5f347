"""Evaluate: links to a cell, and what the figures beside the matrix show."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from core.data import SOURCES
from core.evaluation.calibration import reliability
from core.evaluation.logits import logits_path
from core.evaluation.metrics import per_class
from core.evaluation.ranking import precision_recall
from core.evaluation.scores import scores
from core.jobs import execute
from core.machine import pick_device
from core.recipe import Recipe
from core.runs.store import RunStore
from core.training import Control
from pages.evaluate.calibration import (
    reliability_lines,
    reliability_words,
    score_table,
    verdict,
)
from pages.evaluate.classes import class_bars, class_words, curve_lines, ranked
from pages.evaluate.gallery import mistake_caption
from pages.evaluate.refusing import by_what, ranking_names
from tests.pages.opening import opened


def test_classes_are_ranked_and_the_undefined_says_none():
    table = per_class(np.array([[5, 0, 0], [5, 5, 0], [0, 0, 0]]), ["a", "b", "c"])
    bars = class_bars(ranked(table, "precision"), "precision")
    assert [bar.name for bar in bars] == ["b", "a", "c"]
    assert [bar.written for bar in bars] == ["100.0 %", "50.0 %", "none"]
    told = ["100.00 %\n10 images", "50.00 %\n5 images", "0 images"]
    assert [bar.told for bar in bars] == told


def test_empty_bins_are_left_out_of_the_reliability_diagram():
    logits = np.array([[2, 0], [2, 0], [0, 0]], dtype=np.float32)
    bins = reliability(logits, np.array([0, 1, 0]), 1.0)
    diagonal, right, images = reliability_lines(bins, bins).lines
    assert diagonal.y.tolist() == [0, 100] and not diagonal.told
    assert right.y.tolist() == [100, 50]
    assert images.y.tolist() == [1, 2] and images.panel == 1


def test_too_few_images_for_an_interval_are_told():
    few = scores(np.zeros((3, 2), np.float32), np.array([0, 1, 0]), 1.0)
    told = verdict(few, few, 3)
    assert told.startswith("They lie **16.7 points** apart on average (too few images, or mistakes")
    assert score_table(few, few).iloc[0].tolist() == ["16.67 (too few)"]


def test_what_charts_show_is_told_in_words():
    table = per_class(np.array([[5, 0, 0], [5, 5, 0], [0, 0, 0]]), ["a", "b", "c"])
    told = class_words(ranked(table, "precision"), "precision")
    assert told == "Precision by class: b 100.00%, a 50.00%, c none"
    logits = np.array([[9, 0], [9, 0], [0, 0]], dtype=np.float32)
    bins = reliability(logits, np.array([0, 1, 0]), 1.0)
    by_confidence = (
        "50.00% sure, 100.00% right (1 of the images); 99.99% sure, 50.00% right (2 of the images)"
    )
    assert reliability_words(bins, bins) == f"Accuracy by confidence: {by_confidence}."
    both = reliability_words(bins, bins.assign(confidence=0.25))
    assert f"with its temperature: {by_confidence}. As trained: 25.00% sure" in both


def test_without_a_temperature_the_legend_names_none() -> None:
    logits = np.array([[9, 0], [9, 0], [0, 0]], dtype=np.float32)
    bins = reliability(logits, np.array([0, 1, 0]), 1.0)
    legend = [entry.label for entry in reliability_lines(bins, bins).entries]
    assert legend == ["Perfectly calibrated", "As trained"]
    scaled = reliability_lines(reliability(logits, np.array([0, 1, 0]), 2.0), bins)
    legend = [entry.label for entry in scaled.entries]
    assert legend == ["Perfectly calibrated", "As trained", "With its temperature"]


@pytest.mark.parametrize("view", ["Mistakes", "Confidence"])
def test_without_the_images_nothing_is_offered_that_would_show_them(
    view: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CONVSCOPE_CIFAR10", raising=False)
    test = opened("evaluate", run="vgg-bn", view=view, confidence="Prediction sets")
    assert not test.get("pagination")
    assert not [part for part in test.get("button_group") if "Choose a cell" in str(part.proto)]
    assert any(button.label.startswith("Download CIFAR-10") for button in test.button)


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
    chosen = [control.value for control in test.segmented_control]
    assert chosen == ["test", "Classes", "recall", "pr"]
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


def test_the_worst_are_shown_until_a_cell_is_chosen_and_again_when_it_is_closed(
    trained: str,
) -> None:
    test = opened("evaluate", run=trained)
    assert "Surest mistakes" in chosen_labels(test) and html(test)
    test.segmented_control(key="worst").set_value("loss").run()
    assert "loss " in html(test)
    pairs(test)[0].click().run()
    assert "Surest mistakes" not in chosen_labels(test)
    next(button for button in test.button if button.label == "Close").click().run()
    assert "Surest mistakes" in chosen_labels(test) and "true" not in test.query_params


def test_a_pair_is_shown_both_ways_beside_each_other(trained: str) -> None:
    test = opened("evaluate", run=trained)
    found = re.fullmatch(r"(\w+) taken for (\w+): (\d+)", pairs(test)[0].label)
    assert found is not None
    pairs(test)[0].click().run()
    first, second = headings(test)
    assert f"{found[1]}, taken for {found[2]}" in first
    assert f"{found[2]}, taken for {found[1]}" in second
    assert test.query_params["both"] == "true"
    link = {"true": found[1], "predicted": found[2], "both": "true"}
    assert headings(opened("evaluate", run=trained, **link)) == [first, second]
    test.toggle(key="both").set_value(False).run()
    assert len(headings(test)) == 1 and "both" not in test.query_params


def test_a_matrix_of_some_classes_says_what_is_left_out(trained: str) -> None:
    test = opened("evaluate", run=trained, only="ring", true="circle", predicted="circle")
    assert headings(test)  # one class alone is no matrix
    test.multiselect(key="only").set_value(["ring", "star"]).run()
    assert "'circle' is not among the classes" in test.info[0].value
    left_out = [caption.value for caption in test.caption if "left out" in caption.value]
    assert re.match(r"\d+ of \d+ images are left out", left_out[0])
    assert all(
        re.match("(ring|star) taken for (ring|star)", button.label) for button in pairs(test)
    )
    assert {*re.findall(r'alt="test image #\d+, (\w+)"', html(test))} <= {"ring", "star"}


def test_classes_in_a_link_that_the_network_does_not_have_are_no_matrix_of_theirs(
    trained: str,
) -> None:
    test = opened("evaluate", run=trained, only="unicorn", front="unicorn", view="Mistakes")
    assert not test.error and test.multiselect(key="only").value == []
    assert not opened("evaluate", run=trained, view="Classes", front="unicorn").error


@pytest.mark.parametrize("images", ["test", "validation", "train"])
def test_each_question_about_confidence_is_answered_in_a_sentence(
    images: str, trained: str
) -> None:
    for question, answer, chart in (
        # apart, or as far as so few images can tell, not
        ("Calibration", "hey lie ", "reliability"),
        ("Refusing", "Refusing the least sure 10 % leaves", "coverage"),
        ("Prediction sets", "have their class in the set", "sizes"),
    ):
        test = opened(
            "evaluate", run=trained, view="Confidence", confidence=question, images=images
        )
        assert not test.error and chart in charts(test)
        assert any(answer in text.value for text in test.markdown), question
        fitted = [text.value for text in test.caption if "validation images" in text.value]
        told = {"validation": "fits them better", "train": "learned", "test": "before any of these"}
        assert question == "Calibration" or told[images] in " ".join(fitted)


def test_sets_grow_when_less_may_be_missing(trained: str) -> None:
    sizes = []
    for missing in ("5", "20"):
        query = {"view": "Confidence", "confidence": "Prediction sets", "missing": missing}
        test = opened("evaluate", run=trained, **query)
        found = next(
            re.search(r"\*\*([\d.]+) classes", text.value)
            for text in test.markdown
            if "classes**" in text.value
        )
        assert found is not None
        sizes.append(float(found[1]))
    assert sizes[0] > sizes[1]


def test_an_order_is_praised_only_where_validation_images_prefer_it() -> None:
    names = ranking_names(2)
    assert "best on validation" in by_what("margin", names, told_apart=True)
    assert by_what("softmax", names, told_apart=False) == "They are ordered by softmax confidence."


def test_curves_of_a_class_without_images_are_none() -> None:
    probabilities = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]])
    labels = np.array([0, 1])
    curves = [precision_recall(probabilities[:, k], labels == k) for k in range(3)]
    drawn = curve_lines(curves, ("a", "b", "<i>c"), 0, "pr")
    assert [line.name for line in drawn.lines] == ["b (AP 100.00 %)", "a (AP 100.00 %)"]
    labels = [entry.label for entry in drawn.entries]
    assert labels == ["a, average precision 100.00 %", "the others"]
    drawn = curve_lines(curves, ("a", "b", "<i>c"), 2, "pr")
    assert [entry.label for entry in drawn.entries] == ["<i>c", "the others"]
    assert [line.of for line in drawn.lines] == [(1,), (1,)]


def test_what_validation_images_would_tell_is_said_to_be_missing(
    store: RunStore, trained: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where neither they nor the pictures are there, softmax confidence still orders the images."""
    opened("evaluate", run=trained)
    gone = replace(SOURCES["shapes"], download=lambda: "shapes (1 MB)")
    monkeypatch.setitem(SOURCES, "shapes", gone)
    query = {"view": "Confidence", "run": trained}
    logits_path(store.best_path(trained), "validation").unlink(missing_ok=True)
    test = opened("evaluate", confidence="Refusing", **query)
    assert "validation logits of this network are not stored" in test.info[0].value
    assert any("ordered by softmax confidence" in text.value for text in test.markdown)
    assert "coverage" in charts(test)
    test = opened("evaluate", confidence="Prediction sets", **query)
    assert "validation logits of this network are not stored" in test.info[0].value
    assert not {"sizes", "set-classes"} & {*charts(test)} and not test.error


def charts(test: AppTest) -> list[str]:
    """The keys of those that the browser draws."""
    return [str(drawn.key) for drawn in test.get("bidi_component")]


def chosen_labels(test: AppTest) -> list[str]:
    return [option for control in test.segmented_control for option in control.options]


def html(test: AppTest) -> str:
    return " ".join(element.proto.body for element in test.get("html"))


def test_a_mistake_says_which_class_is_the_true_one() -> None:
    row = pd.Series({"true": 0, "predicted": 1, "confidence": 0.999, "true_probability": 0.0004})
    assert mistake_caption(row, ("cat", "dog")) == "said dog, over 99%\nis cat, under 1%"
    right = pd.Series({"true": 0, "predicted": 0, "confidence": 0.93, "true_probability": 0.93})
    assert mistake_caption(right, ("cat", "dog")) == "cat, 93%"


@pytest.mark.usefixtures("store")
def test_where_it_looks_has_a_key_of_its_colours_and_says_what_stands_below() -> None:
    test = opened("evaluate", run="shapes-quick", true="star", predicted="star", where="true")
    drawn = " ".join(str(part.proto.body) for part in test.get("html"))
    assert "linear-gradient" in drawn and "strong" in drawn
    told = [str(text.value) for text in test.caption]
    below = [said for said in told if said.startswith(("One by one", "The images"))]
    assert below == ["One by one, the first 12:", "The images themselves:"]
    assert drawn.count("Map of test image #") == 12
