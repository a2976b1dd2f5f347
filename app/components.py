"""Small pieces that several pages show alike."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from app import services
from app.routes import page
from core.errors import ConvscopeError
from core.runs.run import Run, Status
from core.wording import moment

STATUS: dict[Status, tuple[str, str]] = {  # icon and colour
    "queued": (":material/schedule:", "gray"),
    "running": (":material/autorenew:", "blue"),
    "paused": (":material/pause:", "orange"),
    "stopped": (":material/stop:", "gray"),
    "finished": (":material/check:", "green"),
    "failed": (":material/error:", "red"),
    "interrupted": (":material/power_off:", "orange"),
}


@contextmanager
def in_one_sentence() -> Iterator[None]:
    """Show a problem that the user can solve as its one sentence, without a traceback."""
    try:
        yield
    except ConvscopeError as error:
        st.error(str(error), icon=":material/error:")


def status_badge(status: Status) -> None:
    icon, colour = STATUS[status]
    st.badge(status, icon=icon, color=colour)  # pyright: ignore[reportArgumentType]


def run_label(run: Run) -> str:
    """Name, accuracy and time, to tell runs apart in a list."""
    score = run.accuracies.get("test", run.accuracies.get("validation"))
    accuracy = f"{score:.1%}" if score is not None else run.status
    return f"{run.name} · {accuracy} · {moment(run.created)}"


def runs_with_weights() -> list[Run]:
    """Runs that have a checkpoint, newest first."""
    store = services.store()
    return [run for run in store.runs() if store.best_path(run.id).exists()]


def pick_run() -> Run | None:
    """Choose a run that has weights; the choice lives in the URL as `run`.

    Shows what to do, and returns None, when there is none.
    """
    runs = {run.id: run for run in runs_with_weights()}
    asked = st.query_params.get("run")
    if asked and asked not in runs:
        services.store().get(asked)  # says so when the run is gone
        st.info("This run has no weights yet; they come with its first epochs.")
    if not runs:
        st.info("No network has been trained yet. A minute on the drawn shapes is enough.")
        st.page_link(page("train"), label="Train one", icon=":material/play_arrow:")
        return None
    chosen = st.selectbox(
        "Network",
        list(runs),
        index=list(runs).index(asked) if asked in runs else 0,
        format_func=lambda run_id: run_label(runs[run_id]),
    )
    st.query_params["run"] = chosen
    return runs[chosen]


def percent(share: float | None) -> str:
    """A share from 0 to 1 as '89.47%', or '-' when unknown."""
    return "-" if share is None else f"{share:.2%}"
