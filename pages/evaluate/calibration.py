"""Whether the network is as often right as it is sure."""

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from app.charts.line_chart import DOTTED, Entry, Line, Lines, Panel, XAxis, show_lines
from core.evaluation.calibration import Estimate, reliability
from core.evaluation.scores import Scores, scores
from core.wording import percent
from pages.evaluate.subject import Subject

CALIBRATED = "Perfectly calibrated"
AS_TRAINED = "As trained"
SCALED = "With its temperature"
DASHED = "6 4"
WHOLE = (0.0, 103.0)  # of the accuracy, with room for the marks at its end


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
    show_lines(
        reliability_lines(bins, uncorrected), "reliability", reliability_words(bins, uncorrected)
    )
    st.caption(
        "How to read this: each mark is the images of which the network is about as sure. Below "
        "the dotted line it is surer than it is right, above it less sure; the band is the 95 % "
        "interval. The second chart says how many images there are of each confidence."
    )
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


def reliability_lines(bins: pd.DataFrame, uncorrected: pd.DataFrame) -> Lines:
    """Accuracy over confidence with 95 % intervals, and how many images there are of each; a
    calibrated network lies on the diagonal.

    Both as from `core.evaluation.calibration.reliability`: with the temperature, and without,
    where the intervals are left out so that the others can be seen.
    """
    ends = np.array([0.0, 100.0])
    lines = [Line(0, CALIBRATED, ends, ends, (0,), dash=DOTTED, width=1.5, told=False)]
    entries = [Entry(CALIBRATED, dash=DOTTED, width=1.5)]
    if not bins.equals(uncorrected):
        entries.append(Entry(AS_TRAINED, 1, 1, DASHED))
        lines += _of_network(uncorrected, entries[1], 1)
        entries.append(Entry(SCALED, 0, 0))
    else:
        entries.append(Entry(AS_TRAINED, 0, 0))
    lines += _of_network(bins, entries[-1], len(entries) - 1, intervals=True)
    most = float(max(frame["count"].max() for frame in (bins, uncorrected)))
    return Lines(
        XAxis("step", "Confidence (%)", "Confidence (%)"),
        [
            Panel("Accuracy (%)", "right (%)", 1, span=WHOLE),
            Panel("Images", "images", 0, span=(0.0, 1.05 * most)),
        ],
        lines,
        entries,
    )


def _of_network(
    bins: pd.DataFrame, entry: Entry, number: int, intervals: bool = False
) -> list[Line]:
    """Its accuracy in percent and its number of images, both over confidence in percent."""
    filled = bins[bins["count"] > 0]
    columns = ("confidence", "accuracy", "accuracy_low", "accuracy_high")
    x, right, low, high = (100 * filled[column].to_numpy() for column in columns)
    images = filled["count"].to_numpy()
    look = replace(entry, width=2.0)
    lines = [
        Line(panel, look.label, x, y, (number,), look.slot, look.symbol, look.dash)
        for panel, y in enumerate((right, images))
    ]
    return [replace(lines[0], low=low, high=high), lines[1]] if intervals else lines


def reliability_words(bins: pd.DataFrame, uncorrected: pd.DataFrame) -> str:
    """The same, for those who don't see it."""
    if bins.equals(uncorrected):
        return f"Accuracy by confidence: {_told(bins)}."
    return (
        f"Accuracy by confidence, with its temperature: {_told(bins)}. "
        f"As trained: {_told(uncorrected)}."
    )


def _told(bins: pd.DataFrame) -> str:
    columns = ["count", "confidence", "accuracy"]
    return "; ".join(
        f"{percent(confidence)} sure, {percent(accuracy)} right ({count} of the images)"
        for count, confidence, accuracy in bins.loc[bins["count"] > 0, columns].itertuples(
            index=False
        )
    )
