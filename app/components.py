"""Small pieces that several pages show alike."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from app import services
from app.routes import page
from core.errors import ConvscopeError
from core.runs.run import Run, Status
from core.wording import duration, moment

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


def duration_left(run: Run) -> str:
    """', 1:23 left', or nothing while it is not known."""
    return f", {duration(run.seconds_left)} left" if run.seconds_left else ""


def steer(run: Run) -> None:
    """Buttons for what can be done with the run now, and links to its network."""
    store = services.store()
    with st.container(horizontal=True, vertical_alignment="center"):
        if run.status == "running":
            _action("Pause", ":material/pause:", lambda: store.request(run.id, "pause"))
        if run.status == "paused" or run.resumable:
            _action("Resume", ":material/play_arrow:", lambda: services.queue().resume(run.id))
        if run.live:
            _action("Stop", ":material/stop:", lambda: store.request(run.id, "stop"))
        if run.status == "queued":
            _action(
                "To the front", ":material/vertical_align_top:", lambda: store.prioritise(run.id)
            )
        if store.best_path(run.id).exists():
            link = {"run": run.id}
            st.page_link(page("evaluate"), icon=":material/grid_on:", query_params=link)
            st.page_link(page("predict"), icon=":material/image_search:", query_params=link)


def _action(label: str, icon: str, act: Callable[[], None], key: str = "") -> None:
    if st.button(label, icon=icon, key=f"{label} {key}"):
        act()
        st.rerun()


def undo_bar() -> None:
    """Offer deleted runs back, until the app closes."""
    store = services.store()
    for run in store.runs(deleted=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"'{run.name}' is deleted for good when the app closes.")
            _action("Undo", ":material/undo:", lambda run=run: store.restore(run.id), run.id)
