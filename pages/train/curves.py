"""The curves of a run that is still moving: each step's and each epoch's, over one axis."""

import streamlit as st

from app.charts.curve_lines import curves_in_words, lines_in_words, lines_of, rate_lines
from app.charts.curves import controls
from app.charts.line_chart import show_lines
from app.charts.trace import Trace

STEP_POINTS = 300  # drawn of a curve
SMOOTHING = 0.9  # of the steps, until another is chosen
VIEWS = "Loss and accuracy", "Learning rate and gradient"
READING = (
    "Faint: each step's batch, or the mean over a few; thin: smoothed. Solid with marks: "
    "validation after each epoch; dotted: training in it, with augmentation and dropout on. Drag "
    "with a mouse to zoom, double-click for the whole."
)
KEY = "live-curves"


def show_live_curves(trace: Trace) -> None:
    """Zoom, hidden lines and the place pointed at outlast each look at new numbers."""
    shown = st.segmented_control(
        "Curves",
        VIEWS,
        default=VIEWS[0],
        required=True,
        key="curves",
        persist_state="session",
        label_visibility="collapsed",
    )
    view = controls([trace], KEY, SMOOTHING)
    if shown == VIEWS[0]:
        lines, alt, reading = lines_of([trace], view), curves_in_words([trace], view), READING
    else:
        lines = rate_lines(trace, view.axis)
        alt, reading = lines_in_words(lines), "Of each step, or the mean over a few."
    show_lines(lines, KEY, alt)
    st.caption(reading)
