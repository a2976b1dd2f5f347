"""A learning-rate range test: the loss over the rate, and what it says."""

import numpy as np
import streamlit as st

from app import services
from app.charts.line_chart import DOTTED, Entry, Line, Lines, Panel, XAxis, show_lines
from core.studies.range_test import RangeTest, read_range
from pages.studies.subject import Subject

LOSS, STEEPEST = "Training loss, smoothed", "Falls fastest"


def show_range(subject: Subject) -> None:
    store = services.store()
    runs = [run for trial in subject.trials for run in trial.runs.values() if store.has(run)]
    found = read_range(store.metrics.steps(runs[0])) if runs else None
    if found is None:
        st.info("The loss over the learning rate will appear here.", icon=":material/science:")
        return
    st.markdown(f"**{found.sentence}**")
    show_lines(loss_over_rate(found), f"range-{subject.stored.id}", found.sentence, height=340)
    st.caption(
        "How to read this: from left to right the rate climbs by equal ratios, a step at a time. "
        "While it is too low hardly anything is learned; a good peak is where the loss falls "
        "fastest, and where it rises again the steps are too large."
    )


def loss_over_rate(found: RangeTest) -> Lines:
    """The rates as logarithms of base 10."""
    decades = np.log10(found.rates)
    lines = [Line(0, LOSS, decades, found.losses, (0,), slot=0, width=2.5)]
    entries = [Entry(LOSS, 0, width=2.5)]
    if found.steepest is not None:
        at = np.full(2, np.log10(found.steepest))
        ends = np.array([found.losses.min(), found.losses.max()])
        lines.append(Line(0, STEEPEST, at, ends, (1,), dash=DOTTED, told=False))
        entries.append(Entry(STEEPEST, dash=DOTTED))
    axis = XAxis("step", "Learning rate (power of 10)", "10 to the power of")
    return Lines(axis, [Panel("Training loss (nats)", "nats", 3)], lines, entries)
