"""A learning-rate range test: the loss over the rate, what it says, and a run that heeds it."""

import numpy as np
import streamlit as st

from app import access, services
from app.charts.line_chart import Change, Entry, Line, Lines, Panel, XAxis, show_lines
from core.studies.range_test import RangeTest, at_rate, read_range
from pages.studies.full import offer_training
from pages.studies.subject import Subject

LOSS, STEEPEST, OWN = "Training loss, smoothed", "falls fastest", "the recipe's"


def show_range(subject: Subject) -> None:
    store = services.store()
    runs = [run for trial in subject.trials for run in trial.runs.values() if store.has(run)]
    found = read_range(store.metrics.steps(runs[0])) if runs else None
    if found is None:
        st.info("The loss over the learning rate will appear here.", icon=":material/science:")
        return
    st.markdown(f"**{found.sentence}**")
    base = subject.study.base
    chart = loss_over_rate(found, base.optimizer.learning_rate)
    show_lines(chart, f"range-{subject.stored.id}", found.sentence, height=340)
    st.caption(
        "How to read this: from left to right the rate climbs by equal ratios, a step at a time. "
        "While it is too low hardly anything is learned; a good peak is where the loss falls "
        "fastest, and where it rises again the steps are too large."
    )
    rate = found.steepest
    if rate is not None and access.may_steer():
        offer_training(
            f"Train at {rate:.2g}",
            f"range {subject.stored.id}",
            (f"{base.name}, learning rate {rate:.2g}", base.epochs),
            lambda name, epochs: at_rate(base, rate, name, epochs),
        )


def loss_over_rate(found: RangeTest, own: float) -> Lines:
    """own: the recipe's rate"""
    lines = [Line(0, LOSS, np.log10(found.rates), found.losses, (0,), slot=0, width=2.5)]
    marks = [Change(float(np.log10(own)), OWN)]
    if found.steepest is not None:
        marks.append(Change(float(np.log10(found.steepest)), STEEPEST))
    axis = XAxis("decades", "Learning rate, logarithmic", "Rate")
    panel = Panel("Training loss (nats)", "nats", 3)
    return Lines(axis, [panel], lines, [Entry(LOSS, 0, width=2.5)], marks)
