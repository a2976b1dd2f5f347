"""Class by class: how well it is recognised, and its curves against the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd
import streamlit as st
from scipy.special import softmax

from app.charts.bars import Bar, share_bars, show_bars
from app.charts.labels import shortened
from app.charts.line_chart import Entry, Line, Lines, Panel, XAxis, show_lines
from app.segments import segments
from app.text import plain
from core.evaluation.metrics import confusion_matrix, per_class
from core.evaluation.ranking import Curve, precision_recall, receiver_operating, thinned
from core.wording import percent
from pages.evaluate.subject import Subject

Metric = Literal["f1", "precision", "recall", "ap", "auroc"]
METRICS: dict[Metric, str] = {
    "f1": "F1",
    "precision": "Precision",
    "recall": "Recall",
    "ap": "AP",
    "auroc": "AUROC",
}
MEANING: dict[Metric, str] = {
    "f1": "precision and recall in one (their harmonic mean); it is low when either is.",
    "precision": "of what is taken for the class, how much is.",
    "recall": "of the images of the class, how many are found.",
    "ap": "average precision: the area under the curve of precision and recall.",
    "auroc": "how often an image of the class is ranked above another one.",
}
Kind = Literal["pr", "roc"]
KINDS: dict[Kind, str] = {"pr": "Precision and recall", "roc": "ROC"}
AXES: dict[Kind, tuple[str, str]] = {
    "pr": ("Recall", "Precision"),
    "roc": ("False positive rate", "True positive rate"),
}
AREAS: dict[Kind, tuple[Metric, str]] = {
    "pr": ("ap", "average precision"),
    "roc": ("auroc", "area"),
}
READING: dict[Kind, str] = {
    "pr": "How to read this: going right, more of the images of the class are found; the line says "
    "how many of what is found is right. The nearer to the top right corner, the better.",
    "roc": "How to read this: going right, more images of other classes are taken for this one; "
    "the line says how many of its own are found. The nearer to the top left corner, the better; "
    "guessing is the diagonal.",
}
NAME = 24  # characters of a class name in a legend
OTHERS = 1  # number of the legend's entry of the classes that are not in front
WHOLE = (0.0, 102.0)  # of the axis upwards


def show_classes(subject: Subject) -> None:
    evaluated, classes = subject.evaluated, subject.card.classes
    st.subheader("Class by class", anchor=False)
    matrix = confusion_matrix(evaluated.logits, evaluated.labels)
    curves = _curves(subject.key, evaluated.logits, evaluated.labels, subject.card.temperature)
    table = per_class(matrix, classes).assign(
        **{metric: [curve.area for curve in curves[kind]] for kind, (metric, _) in AREAS.items()}
    )
    bars, drawing = st.columns(2, gap="medium")
    with bars:
        metric = segments("Metric", METRICS, "metric")
        best_first = ranked(table, metric)
        title, alt = f"{METRICS[metric]} (%)", class_words(best_first, metric)
        show_bars(class_bars(best_first, metric), title, "classes", alt)
        st.caption(f"How to read this: {MEANING[metric]} The best class is on top.")
    with drawing:
        show_curves(curves, classes, table)


def show_curves(
    curves: Mapping[Kind, Sequence[Curve]], classes: Sequence[str], table: pd.DataFrame
) -> None:
    """One class in front of the others; at first the one with the least average precision."""
    with st.container(horizontal=True):
        kind = segments("Curve", KINDS, "curve")
        least = table["ap"].argmin() if table["ap"].notna().any() else 0
        name = st.selectbox(
            "Class in front",
            classes,
            index=int(least),
            format_func=plain,
            key="front",
            bind="query-params",
            width=200,
        )
    front = classes.index(name) if name in classes else int(least)
    curve, words = curves[kind][front], AREAS[kind][1]
    area = "none" if np.isnan(curve.area) else f"{100 * curve.area:.2f} %"
    alt = f"{KINDS[kind]} of {classes[front]} against all other classes: {words} {area}."
    show_lines(curve_lines(curves[kind], classes, front, kind), "curves", alt, height=340)
    st.caption(READING[kind])
    if np.isnan(curve.area):
        st.caption(f"There is no curve of {plain(classes[front])}: no image here is of this class.")


@st.cache_data(max_entries=16, show_spinner=False)
def _curves(
    key: object,  # noqa: ARG001
    _logits: np.ndarray,
    _labels: np.ndarray,
    temperature: float,
) -> dict[Kind, list[Curve]]:
    probabilities = softmax(_logits.astype(np.float64) / temperature, axis=1)
    against = [(share, _labels == number) for number, share in enumerate(probabilities.T)]
    return {
        "pr": [thinned(precision_recall(*one)) for one in against],
        "roc": [thinned(receiver_operating(*one)) for one in against],
    }


def curve_lines(curves: Sequence[Curve], classes: Sequence[str], front: int, kind: Kind) -> Lines:
    """A line a class, thin and grey but for the one in front."""
    across, up = AXES[kind]
    names = [shortened(name, NAME) for name in classes]
    metric = METRICS[AREAS[kind][0]]
    areas = (f"{metric} {100 * curve.area:.2f} %" for curve in curves)
    told = [f"{name} ({area})" for name, area in zip(names, areas, strict=True)]
    there = [number for number, curve in enumerate(curves) if not np.isnan(curve.area)]
    lines = [
        Line(0, told[number], 100 * curves[number].x, 100 * curves[number].y, of=(OTHERS,))
        for number in there
        if number != front
    ]
    lines = [replace(line, width=1.0, opacity=0.45) for line in lines]
    entries = [Entry(names[front], 0, width=3.0), Entry("the others", width=1.0)]
    if front in there:
        curve, area = curves[front], f"{AREAS[kind][1]} {100 * curves[front].area:.2f} %"
        entries[0] = replace(entries[0], label=f"{names[front]}, {area}")
        x, y = 100 * curve.x, 100 * curve.y
        lines.append(Line(0, told[front], x, y, of=(0,), slot=0, width=3.0))
    panel = Panel(f"{up} (%)", "%", 1, span=WHOLE)
    return Lines(XAxis("step", f"{across} (%)", across), [panel], lines, entries)


def ranked(table: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    """The best class first; `table` as from `core.evaluation.metrics.per_class`."""
    return table.iloc[np.argsort(-table[metric].to_numpy(), kind="stable")]


def class_bars(table: pd.DataFrame, metric: Metric) -> list[Bar]:
    """One metric per class, in the order of the table."""
    notes = [f"{images:,} images" for images in table["support"]]
    return share_bars(table["class"].tolist(), table[metric].to_numpy(), notes=notes)


def class_words(table: pd.DataFrame, metric: Metric) -> str:
    """The same, for those who don't see it."""
    classes = zip(table["class"], table[metric], strict=True)
    told = [f"{name} {'none' if np.isnan(value) else percent(value)}" for name, value in classes]
    return f"{METRICS[metric]} by class: {', '.join(told)}"
