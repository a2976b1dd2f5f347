"""What the network reaches where it may refuse to answer."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from app.charts.line_chart import DOTTED, Entry, Line, Lines, Panel, XAxis, show_lines
from core.evaluation.selective import (
    Ranking,
    accuracy_by_coverage,
    answered,
    area_under_risk,
    best_ranking,
    fit_norm,
    least_area_under_risk,
    rankings,
)
from pages.evaluate.fitting import say_fitted_on, validation_logits
from pages.evaluate.subject import Subject

COVERAGES = (1.0, 0.95, 0.9, 0.8)
POINTS = 300  # across the drawing
BEST = "Best possible"
DASHES: dict[Ranking, str] = {"softmax": "", "normalised": "6 4", "margin": "9 3 2 3"}


def show_refusing(subject: Subject) -> None:
    logits, temperature = subject.evaluated.logits, subject.card.temperature
    right = logits.argmax(axis=1) == subject.evaluated.labels
    st.subheader("What if it may refuse to answer?", anchor=False)
    fitted = validation_logits(subject)
    norm = fit_norm(fitted.logits, fitted.labels) if fitted else None
    scores = rankings(logits, temperature, norm)
    best: Ranking = "softmax"
    told_apart = False
    if fitted:
        known = fitted.logits.argmax(axis=1) == fitted.labels
        orders = rankings(fitted.logits, temperature, norm)
        best = best_ranking(orders, known)
        told_apart = len({area_under_risk(score, known) for score in orders.values()}) > 1
    names = ranking_names(norm)
    st.markdown(f"{sentence(scores[best], right)} {by_what(best, names, told_apart)}")
    table = coverage_table(scores, right, names)
    drawing, figures = st.columns([3, 2], gap="medium")
    with drawing:
        lines = coverage_lines(scores, right, names)
        show_lines(lines, "coverage", coverage_words(table), height=360)
        st.caption(
            "How to read this: from right to left, more and more of the least sure images are "
            "refused; the line says how many of the rest are right. The better a line tells "
            "mistakes from right answers, the sooner it rises."
        )
    with figures:
        st.table(table, border="horizontal")
        st.caption(
            "Accuracy (%) by share of images answered. AURC: the mean share of mistakes over all "
            f"shares answered (%), of which {100 * least_area_under_risk(right):.2f} no order can "
            "avoid. Label smoothing can make softmax a worse order; dividing an image's logits by "
            "their length (the p-norm) is meant to undo that, and the margin looks at the two "
            "highest alone."
        )
        if fitted:
            say_fitted_on(subject, "The norm and the choice were", len(fitted.labels))


def sentence(score: np.ndarray, right: np.ndarray) -> str:
    """The answer, at nine tenths."""
    left = answered(score, right, (0.9,)).iloc[0]
    return (
        f"Refusing the least sure 10 % leaves **{100 * left['accuracy']:.1f} % right** (95 % "
        f"interval {100 * left['low']:.1f} to {100 * left['high']:.1f}), where of all images "
        f"{100 * right.mean():.1f} % are."
    )


def by_what(best: Ranking, names: Mapping[Ranking, str], told_apart: bool) -> str:
    """told_apart: whether validation images prefer it to another order"""
    name = names[best][0].lower() + names[best][1:]
    if not told_apart:
        return f"They are ordered by {name}."
    return f"They are ordered by {name}, which tells mistakes apart best on validation images."


def ranking_names(norm: int | None) -> dict[Ranking, str]:
    return {
        "softmax": "Softmax confidence",
        "normalised": f"Normalised logits (p = {norm})",
        "margin": "Margin of the logits",
    }


def coverage_table(
    scores: Mapping[Ranking, np.ndarray], right: np.ndarray, names: Mapping[Ranking, str]
) -> pd.DataFrame:
    """A row an order; accuracy (%) by share answered, and the area under the risk (%)."""
    rows = {
        names[ranking]: [
            *(f"{100 * reached:.1f}" for reached in answered(score, right, COVERAGES)["accuracy"]),
            f"{100 * area_under_risk(score, right):.2f}",
        ]
        for ranking, score in scores.items()
    }
    columns = [*(f"{coverage:.0%}" for coverage in COVERAGES), "AURC"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def coverage_lines(
    scores: Mapping[Ranking, np.ndarray], right: np.ndarray, names: Mapping[Ranking, str]
) -> Lines:
    """Accuracy over coverage, a line an order, and the best that any order could reach."""
    images = len(right)
    kept = np.unique(np.linspace(0, images - 1, min(images, POINTS)).round().astype(int))
    coverage = 100 * (kept + 1) / images

    def reached(score: np.ndarray) -> np.ndarray:
        return 100 * accuracy_by_coverage(score, right)[kept]

    ideal = reached(right.astype(np.float64))
    lines = [Line(0, BEST, coverage, ideal, (0,), dash=DOTTED, width=1.5, told=False)]
    entries = [Entry(BEST, dash=DOTTED, width=1.5)]
    for slot, (ranking, score) in enumerate(scores.items()):
        name, dash, of = names[ranking], DASHES[ranking], (len(entries),)
        lines.append(Line(0, name, coverage, reached(score), of, slot, slot, dash))
        entries.append(Entry(name, slot, slot, dash))
    return Lines(
        XAxis("step", "Coverage (% of images answered)", "Coverage (%)"),
        [Panel("Accuracy (% of answers)", "right (%)", 2)],
        lines,
        entries,
    )


def coverage_words(table: pd.DataFrame) -> str:
    """For those who don't see the curves."""
    told = (
        f"{name}: " + ", ".join(f"{row[at]} at {at}" for at in table.columns[:-1])
        for name, row in table.iterrows()
    )
    return f"Accuracy in percent by coverage. {'; '.join(told)}."
