"""The curves of runs, with what people change about them, on every page that shows any."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TypeVar
from zlib import crc32

import pandas as pd
import streamlit as st

from app.charts.curve_lines import View, curves_as_csv, curves_in_words, lines_of
from app.charts.line_chart import show_lines
from app.charts.trace import Trace, trace_of
from app.files import offer_file
from app.naming import told_apart
from app.segments import segments
from core.evaluation.curves import Axis
from core.recipe import presets
from core.runs.run import Run

RUN_LABEL = 26  # characters of a run's name in a legend
Some = TypeVar("Some")
MOST_TRACES = 16  # drawn at once; more would hide each other
AXES: dict[Axis, str] = {"epoch": "Epochs", "step": "Steps", "time": "Time", "flops": "FLOPs"}
READING = (
    "How to read this: validation is measured after each epoch, training while the weights move, "
    "with augmentation and dropout on. Where training goes on improving and validation no longer "
    "does, images are learned by heart. Drag with a mouse to zoom, double-click for the whole."
)

GROWING = "Upright lines: from there on training images are of that size; others are always 32 px."


def show_epoch_curves(frames: Mapping[str, pd.DataFrame], key: str = "curves") -> None:
    """Curves of what is known by its name, a preset's or any other, and by its table of epochs
    (columns as `EpochEnded`)."""
    known = sorted(presets(), key=lambda name: not presets()[name].published.source)
    numbers = {
        name: known.index(name) if name in known else crc32(name.encode()) for name in frames
    }
    show_curves(
        [
            Trace(name, frame, numbers[name], presets().get(name))
            for name, frame in frames.items()
            if not frame.empty
        ],
        key,
    )


def show_runs(runs: Sequence[Run], key: str = "curves") -> None:
    """Curves of those that have ended an epoch."""
    begun = _some([run for run in runs if run.epochs_done])
    names = told_apart(begun, RUN_LABEL)
    show_curves([trace_of(run, name) for run, name in zip(begun, names, strict=True)], key)


def show_curves(traces: Sequence[Trace], key: str = "curves") -> None:
    """Accuracy and loss, linked, with the controls above them; nothing where there is no trace.

    key: of the charts, and the name that saved files begin with
    """
    if traces:
        drawn = _some(traces)
        draw(drawn, controls(drawn, key), key)


def _some(all_of_them: Sequence[Some]) -> Sequence[Some]:
    """As many as can be seen, and a word where that is not all."""
    if (count := len(all_of_them)) > MOST_TRACES:
        st.caption(f"Drawn are the first {MOST_TRACES} of {count}; more would hide each other.")
    return all_of_them[:MOST_TRACES]


def draw(traces: Sequence[Trace], view: View, key: str, reading: str = READING) -> None:
    """The charts alone, and how to read them."""
    lines = lines_of(traces, view)
    show_lines(lines, key, curves_in_words(traces, view))
    st.caption(f"{reading} {GROWING}" if lines.changes else reading)


def controls(traces: Sequence[Trace], key: str, weight: float = 0.0) -> View:
    """What people choose, kept in the link: the x axis, smoothing, logarithms, seeds as one.

    weight: of smoothing, until another is chosen
    """
    known = all(trace.recipe is not None for trace in traces)
    with st.container(horizontal=True, vertical_alignment="center"):
        titles: dict[Axis, str] = {
            axis: title for axis, title in AXES.items() if known or axis in ("epoch", "time")
        }
        axis = segments("Over", titles, "over", label_visibility="collapsed")
        with st.popover("Curves", icon=":material/tune:"):
            smoothing = _smoothing(weight)
            log = st.toggle(
                "Logarithmic",
                key="log",
                bind="query-params",
                help="The loss on a logarithmic axis, and instead of the accuracy the error, "
                "100 % less it, so that late progress can be seen.",
            )
            seeds = (
                len(traces) > 1
                and known
                and st.toggle(
                    "Seeds as one line",
                    key="seeds",
                    bind="query-params",
                    help="Runs that differ in their seed alone: their mean, and as a band from the "
                    "least to the greatest of them.",
                )
            )
        view = View(axis, smoothing, log, seeds)
        offer_file(
            "CSV",
            f"{key}.csv",
            partial(curves_as_csv, traces, view),
            key=key,
            kind="tertiary",
            about="What is drawn, as a table.",
        )
    return view


def _smoothing(weight: float) -> float:
    return st.slider(
        "Smoothing",
        0.0,
        0.99,
        weight,
        0.01,
        key="smoothing",
        bind="query-params",
        help="Weight of the past in an exponential moving average, debiased. The line as it is "
        "stays behind it, faint.",
    )
