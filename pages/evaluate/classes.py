"""Precision, recall or F1, class by class."""

from typing import Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app import theme
from app.charts.bars import share_bars
from core.evaluation.logits import SplitLogits
from core.evaluation.metrics import confusion_matrix, per_class
from core.runs.checkpoint import Card

Metric = Literal["f1", "precision", "recall"]
METRICS: list[Metric] = ["f1", "precision", "recall"]


def show_classes(judged: SplitLogits, card: Card) -> None:
    st.subheader("Class by class", anchor=False)
    metric: Metric | None = st.segmented_control("Metric", METRICS, default=METRICS[0])
    table = per_class(confusion_matrix(judged.logits, judged.labels), card.classes)
    st.plotly_chart(class_bars(table, metric or METRICS[0]), key="classes")


def class_bars(table: pd.DataFrame, metric: Metric) -> go.Figure:
    """One metric per class, the best on top; `table` as from `core.evaluation.metrics`."""
    spoken = "F1" if metric == "f1" else metric.capitalize()
    order = np.argsort(-table[metric].to_numpy(), kind="stable")
    return share_bars(
        table["class"].iloc[order].tolist(),
        table[metric].to_numpy()[order],
        f"{spoken} (%)",
        [theme.LINES[0]] * len(order),
        [f"{images} images" for images in table["support"].to_numpy()[order]],
    )
