"""Precision, recall or F1, class by class."""

from typing import Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app import theme
from app.charts.bars import share_bars
from app.segments import segments
from core.evaluation.metrics import confusion_matrix, per_class
from core.wording import percent
from pages.evaluate.subject import Subject

Metric = Literal["f1", "precision", "recall"]
METRICS: dict[Metric, str] = {"f1": "F1", "precision": "Precision", "recall": "Recall"}


def show_classes(subject: Subject) -> None:
    st.subheader("Class by class", anchor=False)
    metric = segments("Metric", METRICS, "metric")
    matrix = confusion_matrix(subject.evaluated.logits, subject.evaluated.labels)
    table = ranked(per_class(matrix, subject.card.classes), metric)
    st.plotly_chart(class_bars(table, metric), key="classes", alt=class_words(table, metric))


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
