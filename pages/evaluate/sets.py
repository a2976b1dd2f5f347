"""Sets of classes among which the true one is, as often as was asked for."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app import theme
from app.charts.bars import share_bars, share_bars_in_words
from app.pictures import at_hand
from core.evaluation.conformal import (
    Coverage,
    coverage_of,
    expected_coverage,
    fit_thresholds,
    prediction_sets,
)
from core.evaluation.logits import SplitLogits
from core.evaluation.metrics import judged
from pages.evaluate.fitting import say_fitted_on, validation_logits
from pages.evaluate.gallery import SHOWN, pick_page, show_first_page, show_pictures
from pages.evaluate.subject import Subject

NAMED = 4  # classes of a set below its picture
MOST_SHOWN = 10 * SHOWN


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
        )
        by_class = st.toggle(
            "For every class",
            key="every",
            bind="query-params",
            help="A threshold for each class, so that no class is missed more often than that; "
            "otherwise easy classes make up for hard ones.",
            on_change=show_first_page,
        )
    fitted = validation_logits(subject)
    if fitted is None:
        return
    evaluated, card, error = subject.evaluated, subject.card, wrong / 100
    thresholds = fit_thresholds(fitted.logits, fitted.labels, card.temperature, error, by_class)
    sets = prediction_sets(evaluated.logits, card.temperature, thresholds)
    told = coverage_of(sets, evaluated.labels)
    st.markdown(sentence(told, subject.split, error))
    for warning in warnings(told, thresholds, fitted, error, by_class):
        st.markdown(warning)
    sizes, classes = st.columns(2, gap="medium")
    with sizes:
        st.plotly_chart(size_figure(told), key="sizes", alt=size_words(told))
        st.caption("How to read this: the more images on the left, the more the sets say.")
    with classes:
        title = "Images whose class is in the set (%)"
        bars = share_bars(
            card.classes,
            told.by_class,
            title,
            [theme.LINES[0]] * len(card.classes),
            [f"asked for: {100 - wrong} %"] * len(card.classes),
        )
        bars.add_vline(x=100 - wrong, line={"color": theme.MUTED, "dash": "dot", "width": 1.5})
        alt = share_bars_in_words(card.classes, told.by_class, title)
        st.plotly_chart(bars, key="set classes", alt=alt)
        st.caption("How to read this: bars that end left of the dotted line miss the promise.")
    say_fitted_on(subject, "The thresholds were", len(fitted.labels))
    show_largest(subject, sets)


def sentence(told: Coverage, split: str, error: float) -> str:
    return (
        f"Sets that may miss **{error:.0%}** hold **{told.size:.2f} classes** on average. Of the "
        f"{told.sizes.sum():,} {split} images, **{100 * told.reached:.1f} %** have their class in "
        f"the set (95 % interval {100 * told.low:.1f} to {100 * told.high:.1f}; asked for "
        f"{1 - error:.0%})."
    )


def warnings(
    told: Coverage, thresholds: np.ndarray, fitted: SplitLogits, error: float, by_class: bool
) -> list[str]:
    """What is to be known before the figures are believed."""
    found = []
    low, high = expected_coverage(len(fitted.labels), int(told.sizes.sum()), error)
    if not by_class and not low <= told.reached <= high:
        found.append(
            f"That is not what {len(fitted.labels):,} validation images promise, which is between "
            f"{100 * low:.1f} and {100 * high:.1f} %: these images are of another kind than those."
        )
    if not thresholds.all():
        whose = "of every class" if not by_class else "of some classes"
        found.append(
            f"There are too few validation images {whose} to promise that, so it is kept by taking "
            "classes into every set."
        )
    if told.sizes[0]:
        found.append(
            f"{told.sizes[0]:,} sets are empty: so many mistakes are allowed that the least sure "
            "answers are not needed. Fewer may be asked for."
        )
    return found


def size_figure(told: Coverage) -> go.Figure:
    """Images by the number of classes in their set."""
    share = 100 * told.sizes / told.sizes.sum()
    last = int(np.flatnonzero(told.sizes).max())
    figure = go.Figure(
        go.Bar(
            x=np.arange(last + 1),
            y=share[: last + 1],
            marker={"color": theme.LINES[0], "cornerradius": 3},
            customdata=told.sizes[: last + 1],
            text=[f"{value:.1f} %" if value >= 0.05 else "" for value in share[: last + 1]],
            textposition="outside",
            textfont={"color": theme.TEXT},
            cliponaxis=False,
            hovertemplate="%{x} classes: %{customdata} images, %{y:.2f} %<extra></extra>",
        )
    )
    figure.update_xaxes(title_text="Classes in the set", dtick=1 if last <= 12 else None)
    figure.update_yaxes(title_text="Images (%)", range=[0, 1.12 * share.max()])
    return theme.style(figure, height=350)


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
    page = pick_page(len(frame), SHOWN)
    if at_hand(card.recipe.data):
        order = np.argsort(-evaluated.logits, axis=1)

        def named(row: pd.Series, classes: Sequence[str]) -> str:
            number = int(row["index"])
            inside = [classes[place] for place in order[number] if sets[number, place]]
            more = f" +{len(inside) - NAMED}" if len(inside) > NAMED else ""
            return f"{classes[int(row['true'])]}\n{', '.join(inside[:NAMED])}{more}"

        st.caption("Below each: its class, then the set, the likeliest first.")
        show_pictures(subject, frame[(page - 1) * SHOWN : page * SHOWN], named)
