"""A race: several runs on one chart while they train, and who leads by how much."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from app import services
from app.charts.curves import MOST_TRACES, RUN_LABEL, controls, draw
from app.charts.trace import Trace, trace_of
from app.naming import told_apart
from app.pace import live_seconds
from app.problems import in_one_sentence
from app.routes import page
from app.steering import steer
from app.text import plain
from app.titles import tab_title
from core.errors import ConvscopeError
from core.evaluation.curves import Axis, along
from core.evaluation.race import Racer, standing
from core.machine import devices
from core.runs.run import Run
from pages.train.curves import SMOOTHING, STEP_POINTS
from pages.train.live import badge, tell_progress

READING = (
    "Solid with marks: validation after each epoch; thin: each step's batch, smoothed. The lead is "
    "told where all that have begun have come to on the axis chosen."
)
IN_TURN = (
    "One device trains here, so the racers train one after the other: each chases the lines of "
    "those before it, and time is each one's own training time."
)
ABREAST = 3  # racers beside each other


def live_race(run_ids: Sequence[str]) -> None:
    """The view moves by itself while one of them is alive."""
    tab_title("Race", "Train")
    alive = any(run.live for run in _racers(run_ids, tell=False))
    st.fragment(_view, run_every=live_seconds() if alive else None)(run_ids, alive)


def _view(run_ids: Sequence[str], was_alive: bool) -> None:
    with in_one_sentence():
        runs = _racers(run_ids, tell=True)
        if was_alive != any(run.live for run in runs):
            st.rerun()
        st.subheader("Race", anchor=False)
        if not runs:
            st.page_link(page("runs"), label="See all runs", icon=":material/list:")
            return
        _curves(runs)
        width = min(ABREAST, len(runs))
        for start in range(0, len(runs), width):
            abreast = runs[start : start + width]
            for column, run in zip(st.columns(width), abreast, strict=False):
                with column:
                    _racer(run)
        if len(devices()) == 1 and sum(run.live for run in runs) > 1:
            st.caption(IN_TURN)


def _racers(run_ids: Sequence[str], tell: bool) -> list[Run]:
    """Those that are there; of each other one a sentence, where that is to be told."""
    found = []
    for run_id in list(dict.fromkeys(run_ids))[:MOST_TRACES]:
        try:
            found.append(services.kept_run(run_id))
        except ConvscopeError as error:
            if tell:
                st.warning(plain(f"Out of the race: {error}"), icon=":material/error:")
    return found


def _racer(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(run.name)}**", width="content")
        badge(run.status)
    tell_progress(run)
    steer(run)


def _curves(runs: Sequence[Run]) -> None:
    names = told_apart(runs, RUN_LABEL)
    traces = [trace_of(run, name, STEP_POINTS) for run, name in zip(runs, names, strict=True)]
    begun = [trace for trace in traces if not trace.steps.empty]
    if not begun:
        st.info("The first steps will appear here.", icon=":material/show_chart:")
        return
    told = st.container()
    view = controls(begun, "race", SMOOTHING)
    first, *others = standing([_standing(trace, view.axis) for trace in traces], view.axis)
    told.info(plain(first), icon=":material/flag:")
    if others:
        told.caption(plain(" ".join(others)))
    draw(begun, view, "race", READING)


def _standing(trace: Trace, axis: Axis) -> Racer:
    x = along(trace.epochs, axis, trace.spent) if len(trace.epochs) else np.empty(0)
    return Racer(trace.name, x, trace.epochs["validation_accuracy"].to_numpy(float))
