"""Refusing the least sure: orders whose worth is known."""

import numpy as np
import pytest

from core.evaluation.selective import (
    accuracy_by_coverage,
    answered,
    area_under_risk,
    best_ranking,
    fit_norm,
    least_area_under_risk,
    normalised_logit,
    rankings,
)


def test_accuracy_rises_as_mistakes_are_refused():
    score, right = np.array([0.1, 0.9, 0.5, 0.7]), np.array([False, True, False, True])
    assert accuracy_by_coverage(score, right).tolist() == pytest.approx([1, 1, 2 / 3, 1 / 2])
    assert area_under_risk(score, right) == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)
    assert area_under_risk(score, right) == pytest.approx(least_area_under_risk(right))
    assert area_under_risk(-score, right) > least_area_under_risk(right)


def test_equal_scores_are_refused_in_any_order():
    right = np.array([True, True, False, True])
    assert accuracy_by_coverage(np.ones(4), right).tolist() == pytest.approx([0.75] * 4)
    assert area_under_risk(np.ones(4), right) == area_under_risk(np.ones(4), right[::-1])


def test_what_is_left_is_counted_in_images_with_an_interval():
    right = np.arange(100) >= 10
    table = answered(np.arange(100.0), right, (1.0, 0.95, 0.9))
    assert table["images"].tolist() == [100, 95, 90]
    assert table["accuracy"].tolist() == pytest.approx([0.9, 90 / 95, 1.0])
    assert (table["low"] < table["accuracy"]).all() and (table["accuracy"] <= table["high"]).all()


def test_a_normalised_logit_knows_neither_scale_nor_offset():
    logits = np.random.default_rng(0).normal(size=(50, 10)).astype(np.float32)
    for norm in (1, 2, 10):
        score = normalised_logit(logits, norm)
        np.testing.assert_allclose(score, normalised_logit(1000 * logits + 7, norm), rtol=1e-3)
    by_hand = (3 - 1) / np.sqrt(4 + 1 + 1)
    assert normalised_logit(np.array([[3, 0, 0]]), 2)[0] == pytest.approx(by_hand)
    assert normalised_logit(np.full((1, 3), 5), 2).tolist() == [0]


def test_the_ranking_that_tells_mistakes_apart_is_chosen():
    """Logits as smoothed labels leave them: mistakes as far above the rest as right answers, but
    with a second class nearly as high."""
    draw = np.random.default_rng(0)
    labels = np.arange(2000) % 10
    right = draw.random(2000) > 0.2
    logits = draw.normal(0, 0.1, (2000, 10))
    rows = np.arange(2000)
    logits[rows, np.where(right, labels, (labels + 1) % 10)] += draw.uniform(3, 9, 2000)
    second = np.where(right, 0, logits.max(axis=1) - 0.5 - draw.random(2000))
    logits[rows, (labels + 2) % 10] += second
    norm = fit_norm(logits, labels)
    scores = rankings(logits, 1.0, norm)
    areas = {name: area_under_risk(score, right) for name, score in scores.items()}
    assert areas["normalised"] < areas["softmax"]
    assert areas[best_ranking(scores, right)] == min(areas.values())


@pytest.mark.parametrize("right", [True, False])
def test_two_classes_and_a_network_that_is_always_or_never_right(right: bool):
    logits = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)
    labels = logits.argmax(axis=1) if right else logits.argmin(axis=1)
    scores = rankings(logits, 1.0, fit_norm(logits, labels))
    correct = np.full(40, right)
    assert best_ranking(scores, correct) == "softmax"
    assert area_under_risk(scores["softmax"], correct) == pytest.approx(0 if right else 1)
    assert answered(scores["margin"], correct, (0.001,))["images"].tolist() == [1]
