"""Whether the network is as often right as it is sure."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app import theme
from core.evaluation.calibration import reliability
from core.wording import percent
from pages.evaluate.subject import Subject


def show_calibration(subject: Subject) -> None:
    evaluated, card = subject.evaluated, subject.card
    st.subheader("Does confidence match accuracy?", anchor=False)
    st.caption(f"Softmax of the logits divided by a temperature of {card.temperature:.2f}.")
    bins = reliability(evaluated.logits, evaluated.labels, card.temperature)
    st.plotly_chart(reliability_figure(bins), key="reliability", alt=reliability_words(bins))


def reliability_figure(bins: pd.DataFrame) -> go.Figure:
    """Accuracy over confidence with 95 % intervals; a calibrated network lies on the diagonal.

    `bins` as from `core.evaluation.calibration.reliability`.
    """
    filled = bins[bins["count"] > 0]
    accuracy = filled["accuracy"] * 100
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 100],
        y=[0, 100],
        name="Perfectly calibrated",
        mode="lines",
        line={"color": theme.MUTED, "dash": "dot", "width": 1.5},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=filled["confidence"] * 100,
        y=accuracy,
        name="This network",
        mode="lines+markers",
        line={"color": theme.LINES[0], "width": 2},
        marker={"size": 5 + 15 * np.sqrt(filled["count"] / filled["count"].max())},
        error_y={
            "array": filled["accuracy_high"] * 100 - accuracy,
            "arrayminus": accuracy - filled["accuracy_low"] * 100,
            "thickness": 1,
            "width": 0,
        },
        customdata=filled["count"],
        hovertemplate="%{customdata} images: %{x:.1f} % sure, %{y:.1f} % right<extra></extra>",
    )
    figure.update_xaxes(title_text="Confidence (%)", range=[0, 103])
    figure.update_yaxes(title_text="Accuracy (%)", range=[0, 103])
    figure.update_layout(hovermode="closest", showlegend=True)
    return theme.style(figure, height=360)


def reliability_words(bins: pd.DataFrame) -> str:
    """The same, for those who don't see it."""
    filled = bins[bins["count"] > 0]
    told = [
        f"{percent(confidence)} sure, {percent(accuracy)} right ({count} of the images)"
        for count, confidence, accuracy in filled[["count", "confidence", "accuracy"]].itertuples(
            index=False
        )
    ]
    return f"Accuracy by confidence: {'; '.join(told)}"
