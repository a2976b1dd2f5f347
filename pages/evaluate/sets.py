"""Sets of classes among which the true one is, as often as was asked for."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from app.cells import pick_page, show_first_page
from app.charts.bars import Bar, Mark, share_bars_in_words, show_bars
from app.pictures import at_hand
from core.evaluation.conformal import (
    Coverage,
    coverage_of,
    expected_coverage,
    fit_thresholds,
    prediction_sets,
)
from core.evaluation.metrics import judged
from pages.evaluate.fitting import say_fitted_on, validation_logits
from pages.evaluate.gallery import SHOWN, show_pictures
from pages.evaluate.subject import Subject

NAMED = 4  # classes of a set below its picture
MOST_SHOWN = 10 * SHOWN
SET_PAGE = "set-page"  # in the URL
BY_CLASS = "Images whose class is in the set (%)"


def show_sets(subject: Subject) -> None:
    st.subheader("Among which classes is the true one?", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
        wrong = st.slider(
            "May be missing from the set (% of images)",
            1,
            20,
            2,
            key="missing",
            bind="query-params",
            width=320,
            on_change=show_first_page,
            args=(SET_PAGE,),
        )
        by_class = st.toggle(
            "For every class",
            key="every",
            bind="query-params",
            help="A threshold for each class, so that no class is missed more often than that; "
            "otherwise easy classes make up for hard ones.",
            on_change=show_first_page,
            args=(SET_PAGE,),
        )
    fitted = validation_logits(subject)
    if fitted is None:
        return
    evaluated, card, error = subject.evaluated, subject.card, wrong / 100
    thresholds = fit_thresholds(fitted.logits, fitted.labels, card.temperature, error, by_class)
    sets = prediction_sets(evaluated.logits, card.temperature, thresholds)
    told = coverage_of(sets, evaluated.labels)
    st.markdown(sentence(told, subject.split, error))
    promised = None
    if subject.split == "test" and not by_class:
        promised = expected_coverage(len(fitted.labels), len(evaluated.labels), error)
    for warning in warnings(told, thresholds, promised):
        st.caption(warning)
    sizes, classes = st.columns(2, gap="medium")
    with sizes:
        bars = size_bars(told)
        most = max(bar.value or 0.0 for bar in bars)
        show_bars(bars, "Images (%)", "sizes", size_words(told), span=(0.0, most))
        st.caption(
            "How to read this: one class says most, more say less; a set of none says that nothing "
            "that the network knows fits well enough."
        )
    with classes:
        marks, asked = class_marks(told, card.classes), 100 - 100 * error
        alt = share_bars_in_words(card.classes, told.by_class, BY_CLASS)
        show_bars(marks, BY_CLASS, "set-classes", alt, (least(marks, asked), 100.0), asked)
        st.caption(
            "How to read this: the dotted line was asked for; the classes left of it, with their "
            "95 % interval, are missed more often."
        )
    say_fitted_on(subject, "The thresholds were", len(fitted.labels))
    show_largest(subject, sets)


def sentence(told: Coverage, split: str, error: float) -> str:
    return (
        f"Sets that may lack the true class of **{100 * error:.0f} %** of the images hold "
        f"**{told.size:.2f} classes** on average. Of the {told.sizes.sum():,} {split} images, "
        f"**{100 * told.reached:.1f} %** have their class in the set (95 % interval "
        f"{100 * told.low:.1f} to {100 * told.high:.1f}; asked for {100 - 100 * error:.0f} %)."
    )


def warnings(
    told: Coverage, thresholds: np.ndarray, promised: tuple[float, float] | None
) -> list[str]:
    """What is to be known before the figures are believed.

    promised: as from `expected_coverage`, where there is a promise
    """
    found = []
    if promised and not promised[0] <= told.reached <= promised[1]:
        low, high = (100 * share for share in promised)
        found.append(
            f"The promise would be {low:.1f} to {high:.1f} % on new images. Images that also chose "
            "the best epoch and the temperature flatter the network a little, and images of "
            "another kind than those keep no promise."
        )
    if not thresholds.all():
        found.append(
            "There are too few validation images to promise that: classes without a threshold are "
            "in every set."
        )
    if told.sizes[0]:
        found.append(
            f"{told.sizes[0]:,} sets are empty: more mistakes are allowed than the network makes, "
            "and the least sure answers are given up. Ask for fewer."
        )
    return found


def class_marks(told: Coverage, classes: Sequence[str]) -> list[Bar]:
    """A mark a class, with its interval."""
    low, high = 100 * told.class_intervals
    return [
        Bar(name, None, "none")
        if np.isnan(reached)
        else Bar(
            name,
            None,
            f"{100 * reached:.1f} %",
            f"{100 * reached:.1f} % (95 % interval {low[number]:.1f} to {high[number]:.1f})",
            marks=(Mark(100 * reached, (low[number], high[number])),),
        )
        for number, (name, reached) in enumerate(zip(classes, told.by_class, strict=True))
    ]


def least(bars: Sequence[Bar], asked: float) -> float:
    """Where an axis begins on which all of them are seen, and what was asked for."""
    lows = [mark.interval[0] for bar in bars for mark in bar.marks if mark.interval]
    return max(0.0, 5 * ((min([*lows, asked]) - 1) // 5))


def size_bars(told: Coverage) -> list[Bar]:
    """Images by the number of classes in their set."""
    share = 100 * told.sizes / told.sizes.sum()
    last = int(np.flatnonzero(told.sizes).max())
    return [
        Bar(
            f"{size} class{'es' if size != 1 else ''}",
            float(share[size]),
            f"{share[size]:.1f} %" if share[size] >= 0.05 or not share[size] else "under 0.1 %",
            f"{told.sizes[size]:,} images, {share[size]:.2f} %",
        )
        for size in range(last + 1)
    ]


def size_words(told: Coverage) -> str:
    """For those who don't see the bars."""
    held = ((size, images) for size, images in enumerate(told.sizes.tolist()) if images)
    return f"Images by classes in their set: {', '.join(f'{s}: {n}' for s, n in held)}."


def show_largest(subject: Subject, sets: np.ndarray) -> None:
    """The images of which least can be said."""
    evaluated, card = subject.evaluated, subject.card
    frame = judged(evaluated.logits, evaluated.labels, card.temperature)
    frame["size"] = sets.sum(axis=1)
    frame = frame[frame["size"] > 1].sort_values(
        ["size", "confidence"], ascending=[False, True], kind="stable"
    )[:MOST_SHOWN]
    st.subheader("The largest sets", anchor=False)
    if frame.empty:
        st.caption("No set has more than one class.")
        return
    if at_hand(card.recipe.data):
        page = pick_page(len(frame), SHOWN, SET_PAGE)
        order = np.argsort(-evaluated.logits, axis=1)

        def caption(row: pd.Series, classes: Sequence[str]) -> str:
            number = int(row["index"])
            inside = [int(place) for place in order[number] if sets[number, place]]
            named = ", ".join([classes[place] for place in inside[:NAMED]])
            more = f" +{len(inside) - NAMED}" if len(inside) > NAMED else ""
            return f"{classes[int(row['true'])]}\n{named}{more}"

        st.caption("Below each: its class, then the set, the likeliest first.")
        show_pictures(subject, frame[(page - 1) * SHOWN : page * SHOWN], caption)
