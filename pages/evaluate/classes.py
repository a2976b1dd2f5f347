"""Class by class: how well it is recognised, and its curves against the rest."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from scipy.special import softmax

from app import theme
from app.charts.bars import share_bars
from app.charts.labels import escaped, shortened
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
    "f1": "the harmonic mean of precision and recall.",
    "precision": "of what is taken for the class, how much is.",
    "recall": "of the images of the class, how many are found.",
    "ap": "average precision: the area under the curve of precision and recall.",
    "auroc": "how often an image of the class is ranked above another one.",
}
Kind = Literal["pr", "roc"]
KINDS: dict[Kind, str] = {"pr": "Precision and recall", "roc": "ROC"}
AXES: dict[Kind, tuple[str, str]] = {
    "pr": ("Recall (%)", "Precision (%)"),
    "roc": ("False positive rate (%)", "True positive rate (%)"),
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
        st.plotly_chart(
            class_bars(best_first, metric), key="classes", alt=class_words(best_first, metric)
        )
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
    figure = curve_figure(curves[kind], classes, front, kind)
    area = "none" if np.isnan(curve.area) else f"{100 * curve.area:.2f} %"
    alt = f"{KINDS[kind]} of {classes[front]} against all other classes: {words} {area}."
    st.plotly_chart(figure, key="curves", alt=alt)
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


def curve_figure(
    curves: Sequence[Curve], classes: Sequence[str], front: int, kind: Kind
) -> go.Figure:
    """A line a class, thin and grey but for the one in front."""
    figure = go.Figure()
    others = [number for number in range(len(classes)) if number != front]
    for number in [*others, front]:
        curve, is_front = curves[number], number == front
        if np.isnan(curve.area):
            continue
        name = escaped(shortened(classes[number], NAME))
        figure.add_scatter(
            x=100 * curve.x,
            y=100 * curve.y,
            name=f"{name}, {AREAS[kind][1]} {100 * curve.area:.2f} %" if is_front else "the others",
            meta=f"{name}: {100 * curve.area:.2f} %",
            showlegend=is_front or number == others[0],
            mode="lines",
            line={
                "color": theme.LINES[0] if is_front else theme.MUTED,
                "width": 3 if is_front else 1,
            },
            opacity=1.0 if is_front else 0.5,
            hovertemplate="%{x:.1f} / %{y:.1f}<extra>%{meta}</extra>",
        )
    across, up = AXES[kind]
    figure.update_xaxes(title_text=across, range=[-1, 101])
    figure.update_yaxes(title_text=up, range=[0, 102])
    figure.update_layout(hovermode="closest", showlegend=True)
    return theme.style(figure, height=360)


def ranked(table: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    """The best class first; `table` as from `core.evaluation.metrics.per_class`."""
    return table.iloc[np.argsort(-table[metric].to_numpy(), kind="stable")]


def class_bars(table: pd.DataFrame, metric: Metric) -> go.Figure:
    """One metric per class, in the order of the table."""
    return share_bars(
        table["class"].tolist(),
        table[metric].to_numpy(),
        f"{METRICS[metric]} (%)",
        [theme.LINES[0]] * len(table),
        [f"{images} images" for images in table["support"]],
    )


def class_words(table: pd.DataFrame, metric: Metric) -> str:
    """The same, for those who don't see it."""
    classes = zip(table["class"], table[metric], strict=True)
    told = [f"{name} {'none' if np.isnan(value) else percent(value)}" for name, value in classes]
    return f"{METRICS[metric]} by class: {', '.join(told)}"
