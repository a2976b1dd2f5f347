"""What a page waits for while a worker computes it."""

import streamlit as st

from app import access, services
from app.problems import in_one_sentence
from app.steering import action
from app.text import plain
from core.jobs import Work
from core.runs.tasks import Task
from core.wording import duration

LOOK_SECONDS = 0.5  # between two looks at how far it is


def wait_for(work: Work) -> None:
    """Have it computed, where the reader may ask for that, and show how far it is; the page comes
    anew when it is there."""
    if services.store().tasks.get(work.key) is None:
        if not access.may_steer():
            st.info("Nobody has had this computed yet, and it takes long; who steers can.")
            return
        services.queue().ask(work)
    _under_way(work)


@st.fragment(run_every=LOOK_SECONDS)
def _under_way(work: Work) -> None:
    with in_one_sentence():
        tasks = services.store().tasks
        task = tasks.get(work.key)
        if task is None:
            st.rerun()
        if task.live:
            st.progress(task.progress, _how_far(task, work.doing))
            action(
                "Stop",
                ":material/stop:",
                lambda: tasks.stop(work.key),
                work.key,
                disabled=task.stopping,
            )
        else:
            if task.status == "failed":
                st.error(plain(task.message), icon=":material/error:")
            else:
                st.info("This was stopped before it was done.")
            action("Try again", ":material/refresh:", lambda: services.queue().ask(work), work.key)


def _how_far(task: Task, doing: str) -> str:
    if task.status == "queued":
        return task.message or "Waiting for a worker …"
    if task.stopping:
        return "Stopping after the images under way …"
    left = f", {duration(task.seconds_left)} left" if task.progress else ""
    return f"{plain(task.message) or doing} ({task.progress:.0%}{left})"
