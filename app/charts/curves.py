"""The curves of runs that are compared, over their epochs."""

from collections.abc import Mapping
from typing import Literal

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app import theme
from app.charts.labels import escaped, shortened

Metric = Literal["accuracy", "loss"]
RUN_LABEL = 28  # characters of a run name in a legend
AXES: dict[Metric, tuple[str, int]] = {
    "accuracy": ("Accuracy (%)", 100),
    "loss": ("Loss (nats)", 1),
}


def show_epoch_curves(frames: Mapping[str, pd.DataFrame]) -> None:
    """Accuracy and loss of runs beside each other; `frames` as `epoch_curves` takes them."""
    metrics: tuple[Metric, Metric] = "accuracy", "loss"
    for column, metric in zip(st.columns(2), metrics, strict=True):
        alt = epoch_curves_in_words(frames, metric)
        column.plotly_chart(epoch_curves(frames, metric), key=metric, alt=alt)


def epoch_curves(frames: Mapping[str, pd.DataFrame], metric: Metric) -> go.Figure:
    """Validation (solid) and training (dotted) per epoch, one colour and symbol a run.

    `frames` has a table per run name with the columns epoch, train_loss, train_accuracy,
    validation_loss and validation_accuracy; accuracies from 0 to 1.
    """
    title, scale = AXES[metric]
    colours, symbols = theme.LINES, theme.SYMBOLS
    longest = max((len(frame) for frame in frames.values()), default=0)
    alone = len(frames) == 1
    figure = go.Figure()
    for number, (run, frame) in enumerate(frames.items()):
        for part, dash, width in (("train", "dot", 1.5), ("validation", "solid", 2.5)):
            label = {"train": "training", "validation": "validation"}[part]
            figure.add_scatter(
                x=frame["epoch"],
                y=frame[f"{part}_{metric}"] * scale,
                name=label.capitalize() if alone else escaped(shortened(run, RUN_LABEL)),
                meta=label if alone else f"{escaped(shortened(run, RUN_LABEL))}, {label}",
                legendgroup=None if alone else str(number),
                showlegend=alone or part == "validation",
                mode="lines+markers",
                line={"color": colours[number % len(colours)], "width": width, "dash": dash},
                marker={
                    "size": 6,
                    "symbol": symbols[number % len(symbols)],
                    "maxdisplayed": 30 if longest <= 30 else 12,
                },
                hovertemplate="%{y:.2f} %<extra>%{meta}</extra>"
                if metric == "accuracy"
                else "%{y:.4f}<extra>%{meta}</extra>",
            )
    if len(frames) > 1:
        # Every run's training line is dotted; one entry says so for all.
        figure.add_scatter(
            x=[None],
            y=[None],
            name="dotted: training",
            mode="lines",
            line={"color": theme.MUTED, "width": 1.5, "dash": "dot"},
        )
    figure.update_xaxes(title_text="Epoch", dtick=1 if longest <= 10 else None)
    figure.update_yaxes(title_text=title)
    figure.update_layout(hovermode="x unified", showlegend=True)
    return theme.style(figure, height=340)


def epoch_curves_in_words(frames: Mapping[str, pd.DataFrame], metric: Metric) -> str:
    """For those who don't see the curves: where each ends."""
    title, scale = AXES[metric]
    ends = [
        f"{run} {scale * frame[f'validation_{metric}'].iloc[-1]:.3g} in epoch "
        f"{frame['epoch'].iloc[-1]}"
        for run, frame in frames.items()
        if not frame.empty
    ]
    return f"{title} over the epochs; validation ends at: {'; '.join(ends) or 'nothing yet'}."
