"""The live view of one run, or of several in a race: progress, steering, curves, what they say."""

import pandas as pd
import streamlit as st

from app import services
from app.charts.trace import trace_of
from app.pace import IDLE_SECONDS, live_seconds
from app.problems import in_one_sentence
from app.steering import steer
from app.text import plain
from core.evaluation.diagnosis import diagnose, of_full_size
from core.runs.run import Run, Status
from core.wording import duration, percent, time_left
from pages.train.curves import STEP_POINTS, show_live_curves

BEGINNING_SECONDS = 0.5  # between looks, until there is something to see
METRIC_WIDTH = 130  # pixels; two fit beside each other on a phone, four beside the form
STATUS: dict[Status, tuple[str, str]] = {  # icon and colour
    "queued": (":material/schedule:", "gray"),
    "running": (":material/autorenew:", "blue"),
    "paused": (":material/pause:", "orange"),
    "stopped": (":material/stop:", "gray"),
    "finished": (":material/check:", "green"),
    "failed": (":material/error:", "red"),
    "interrupted": (":material/power_off:", "orange"),
}
DIAGNOSES = {  # icons
    "nothing": ":material/casino:",
    "overfitting": ":material/trending_down:",
    "divergence": ":material/warning:",
    "plateau": ":material/trending_flat:",
    "learning": ":material/trending_up:",
}


def live_run(run_id: str) -> None:
    """Show a run as it stands; the view moves by itself while the run is alive."""
    every = look_every(services.store().get(run_id))
    st.fragment(_view, run_every=every)(run_id, every)


def look_every(run: Run) -> float | None:
    """Seconds; few until its first step, for which people wait."""
    if not run.live:
        return None
    if run.done_steps:  # without a look at all that is alive, which takes long
        return live_seconds()
    others = (other for other in services.store().live() if other.id != run.id)
    begins = not any(other.status == "running" for other in others)
    return BEGINNING_SECONDS if begins else live_seconds()


@st.fragment(run_every=IDLE_SECONDS)
def notice_new_runs(newest: str | None) -> None:
    """Show a run that another tab or the command line started, once there is one."""
    with in_one_sentence():
        if services.store().newest() != newest:
            st.rerun()


def _view(run_id: str, every: float | None) -> None:
    with in_one_sentence():
        run = services.kept_run(run_id)
        _header(run)
        _curves(run)
        if look_every(run) != every:
            st.rerun()  # the whole page, once: it then stops looking, or looks less often


def _header(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(plain(run.name), anchor=False)
        badge(run.status)
    tell_progress(run)
    steer(run)
    _figures(run)


def tell_progress(run: Run) -> None:
    """How far it is, and what is the matter with it."""
    if run.message:
        show = st.error if run.status == "failed" else st.caption
        show(plain(run.message))
    if run.live and services.store().is_full():
        st.warning(
            "The disk is full: training goes on, and what it tells is kept in memory until there "
            "is room again.",
            icon=":material/disc_full:",
        )
    if run.total_steps:
        left = time_left(run.seconds_left) if run.live else ""
        text = f"Epoch {run.epochs_done} of {run.recipe.epochs}, step {run.done_steps:,}{left}"
        st.progress(min(1.0, run.progress), text)


def badge(status: Status) -> None:
    icon, colour = STATUS[status]
    st.badge(status, icon=icon, color=colour)  # pyright: ignore[reportArgumentType]


def _figures(run: Run) -> None:
    scores = run.accuracies
    with st.container(horizontal=True):
        st.metric("Images per second", f"{run.images_per_second:,.0f}", width=METRIC_WIDTH)
        st.metric("Training time", duration(run.seconds), width=METRIC_WIDTH)
        st.metric("Best validation", percent(scores.get("validation")), width=METRIC_WIDTH)
        st.metric("Test", percent(scores.get("test")), width=METRIC_WIDTH)


def _curves(run: Run) -> None:
    trace = trace_of(run, run.name, STEP_POINTS)
    if trace.steps.empty:
        if run.live:
            st.info("The first steps will appear here.", icon=":material/show_chart:")
        return
    _say_what_they_mean(run, trace.epochs)
    show_live_curves(trace)


def _say_what_they_mean(run: Run, epochs: pd.DataFrame) -> None:
    best = services.store().best_path(run.id)
    if not best.exists():  # it comes with the first epoch, and says how many classes there are
        return
    told = of_full_size(epochs, run.recipe)
    diagnosis = diagnose(told, len(services.card(best).classes), ended=not run.live)
    if diagnosis is not None:
        st.info(diagnosis.sentence, icon=DIAGNOSES[diagnosis.kind])
