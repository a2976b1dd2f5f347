"""Buttons that change something, for those who may steer."""

from collections.abc import Callable

import streamlit as st

from app import access, services
from app.problems import attempt_at_once
from app.routes import page
from core.runs.run import Run


def action(
    label: str, icon: str, act: Callable[[], object], key: str = "", disabled: bool = False
) -> None:
    """A button for those who may steer."""
    if access.may_steer():
        st.button(
            label,
            icon=icon,
            key=f"{label} {key}",
            disabled=disabled,
            on_click=attempt_at_once,
            args=(act,),
        )


def steer(run: Run) -> None:
    """Buttons for what can be done with the run now, and links to its network."""
    store = services.store()
    with st.container(horizontal=True, vertical_alignment="center"):
        under_way = _under_way_to(run)
        if under_way:
            action(under_way, ":material/hourglass_top:", lambda: None, run.id, disabled=True)
        elif run.status == "running":
            action("Pause", ":material/pause:", lambda: store.request(run.id, "pause"), run.id)
        elif run.status == "paused" or run.resumable:
            resume = services.queue().resume
            action("Resume", ":material/play_arrow:", lambda: resume(run.id), run.id)
        if run.live and run.request != "stop":
            action("Stop", ":material/stop:", lambda: store.request(run.id, "stop"), run.id)
        if run.status == "queued":
            icon = ":material/vertical_align_top:"
            action("To the front", icon, lambda: store.prioritise(run.id), run.id)
        if store.best_path(run.id).exists():
            link = {"run": run.id}
            st.page_link(page("evaluate"), icon=":material/grid_on:", query_params=link)
            st.page_link(page("predict"), icon=":material/image_search:", query_params=link)


def _under_way_to(run: Run) -> str:
    """What was asked of the run and has yet to happen, in a word; or nothing."""
    match run.status, run.request:
        case "running" | "paused", "stop":
            return "Stopping …"
        case "running", "pause":
            return "Pausing …"
        case "paused", None:
            return "Going on …"
        case _:
            return ""
