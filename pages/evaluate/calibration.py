"""Whether the network is as often right as it is sure."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app import theme
from core.evaluation.calibration import Estimate, reliability
from core.evaluation.scores import Scores, scores
from core.wording import percent
from pages.evaluate.subject import Subject


def show_calibration(subject: Subject) -> None:
    evaluated, temperature = subject.evaluated, subject.card.temperature
    st.subheader("Does confidence match accuracy?", anchor=False)
    before, after = (
        _scores(subject.key, evaluated.logits, evaluated.labels, at) for at in (1.0, temperature)
    )
    st.markdown(verdict(before, after, len(evaluated.labels)))
    bins, uncorrected = (
        reliability(evaluated.logits, evaluated.labels, at) for at in (temperature, 1.0)
    )
    drawing, figures = st.columns([3, 2], gap="medium")
    with drawing:
        figure = reliability_figure(bins, uncorrected)
        st.plotly_chart(figure, key="reliability", alt=reliability_words(bins))
        st.caption(
            "How to read this: each mark is the images of which the network is about as sure, the "
            "more of them the larger. Below the diagonal it is surer than it is right, above it "
            "less sure. Bars: 95 % intervals."
        )
    with figures:
        st.table(score_table(before, after), border="horizontal")
        st.caption(
            "Less is better in each row. ECE: how far confidence and accuracy lie apart; the usual "
            "one, of 15 bins, finds a gap in honest networks, too, the sweep less of it. "
            "Classwise: the same for the probability of every class. Brier and NLL score all "
            "probabilities, sharp and right ones best."
        )


@st.cache_data(max_entries=64, show_spinner=False)
def _scores(
    key: object,  # noqa: ARG001
    _logits: np.ndarray,
    _labels: np.ndarray,
    temperature: float,
) -> Scores:
    return scores(_logits, _labels, temperature)


def verdict(before: Scores, after: Scores, images: int) -> str:
    """The answer in two sentences."""
    apart, interval = 100 * after.gap.value, after.gap.interval
    known = "too few images, or mistakes, for an interval"
    if interval is not None:
        known = f"95 % interval {100 * interval[0]:.1f} to {100 * interval[1]:.1f}"
    answer = f"They lie **{apart:.1f} points** apart on average ({known})"
    if interval is not None and interval[0] == 0:
        answer = (
            f"As far as {images:,} images can tell, yes: they lie {apart:.1f} points apart "
            f"(95 % interval 0 to {100 * interval[1]:.1f})"
        )
    if after.temperature == 1:
        return f"{answer}. No temperature was fitted for this network."
    return (
        f"{answer}, once the logits are divided by a temperature of {after.temperature:.2f}, which "
        "was fitted on validation images. As trained, the gap is "
        f"{100 * before.gap.value:.1f} points."
    )


def score_table(before: Scores, after: Scores) -> pd.DataFrame:
    """A row a score; before and after temperature scaling."""
    columns = {"as trained": before}
    if after.temperature != 1:
        columns[f"temperature {after.temperature:.2f}"] = after
    return pd.DataFrame(
        {title: _written(told) for title, told in columns.items()},
        index=[
            "ECE, sweep (%)",
            "ECE, 15 bins (%)",
            "ECE, classwise (%)",
            "Brier score",
            "NLL (nats)",
        ],
    )


def _written(told: Scores) -> list[str]:
    shares = f"{100 * told.usual_gap:.2f}", f"{100 * told.classwise_gap:.2f}"
    return [_with_interval(told.gap), *shares, f"{told.brier:.4f}", f"{told.likelihood:.4f}"]


def _with_interval(share: Estimate) -> str:
    if share.interval is None:
        return f"{100 * share.value:.2f} (too few)"
    low, high = share.interval
    return f"{100 * share.value:.2f} ({100 * low:.2f} to {100 * high:.2f})"


def reliability_figure(bins: pd.DataFrame, uncorrected: pd.DataFrame) -> go.Figure:
    """Accuracy over confidence with 95 % intervals; a calibrated network lies on the diagonal.

    Both as from `core.evaluation.calibration.reliability`: with the temperature, and without,
    where the intervals are left out so that the others can be seen.
    """
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 100],
        y=[0, 100],
        name="Perfectly calibrated",
        mode="lines",
        line={"color": theme.MUTED, "dash": "dot", "width": 1.5},
        hoverinfo="skip",
    )
    if not bins.equals(uncorrected):
        dashed = {"color": theme.LINES[1], "width": 2, "dash": "dash"}
        _add_network(figure, uncorrected, "As trained", dashed, "square-open", intervals=False)
    solid = {"color": theme.LINES[0], "width": 2}
    _add_network(figure, bins, "With its temperature", solid, "circle", intervals=True)
    figure.update_xaxes(title_text="Confidence (%)", range=[0, 103])
    figure.update_yaxes(title_text="Accuracy (%)", range=[0, 103])
    figure.update_layout(hovermode="closest", showlegend=True)
    return theme.style(figure, height=380)


def _add_network(
    figure: go.Figure,
    bins: pd.DataFrame,
    name: str,
    line: dict[str, object],
    symbol: str,
    intervals: bool,
) -> None:
    filled = bins[bins["count"] > 0]
    figure.add_scatter(
        x=filled["confidence"] * 100,
        y=filled["accuracy"] * 100,
        name=name,
        mode="lines+markers",
        line=line,
        marker={
            "symbol": symbol,
            "size": 5 + 15 * np.sqrt(filled["count"] / filled["count"].max()),
        },
        error_y={
            "array": 100 * (filled["accuracy_high"] - filled["accuracy"]),
            "arrayminus": 100 * (filled["accuracy"] - filled["accuracy_low"]),
            "thickness": 1,
            "width": 0,
            "visible": intervals,
        },
        customdata=filled["count"],
        hovertemplate="%{customdata} images: %{x:.1f} % sure, %{y:.1f} % right<extra></extra>",
    )


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
