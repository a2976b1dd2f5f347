"""What a page waits for while a worker computes it."""

import streamlit as st

from app import access, services
from app.problems import in_one_sentence
from app.steering import action
from app.text import plain
from core.jobs import Work
from core.runs.tasks import Task
from core.wording import about, counted, duration

LOOK_SECONDS = 0.5  # between two looks at how far it is
UNASKED_SECONDS = 10.0  # of the worker's time that opening a view may take without being asked


def wait_for(work: Work) -> None:
    """Have it computed, where the reader may ask for that, and show how far it is; the page comes
    anew when it is there. What takes long waits for a button to be pressed, as others may want the
    worker."""
    if services.store().tasks.get(work.key) is None and access.may_steer():
        seconds = work.expected_seconds
        if seconds is not None and seconds <= UNASKED_SECONDS:
            services.queue().ask(work)
    offer(work)


def offer(work: Work) -> None:
    """A button that has it computed and says how long about that takes; then as `wait_for`."""
    if services.store().tasks.get(work.key) is not None:
        _under_way(work)
    elif access.may_steer():
        seconds = work.expected_seconds
        how_long = "" if seconds is None else f" ({about(seconds)})"
        action(
            f"{work.asking}{how_long}",
            ":material/play_arrow:",
            lambda: services.queue().ask(work),
            work.key,
        )
    else:
        st.info("Nobody has had this computed yet, and it takes long; who steers can.")


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
        return plain(task.message) or _what_comes_first(task)
    if task.stopping:
        return "Stopping after the images under way …"
    left = f", {duration(task.seconds_left)} left" if task.progress else ""
    return f"{plain(task.message) or doing} ({task.progress:.0%}{left})"


def _what_comes_first(task: Task) -> str:
    """What the worker is at, and how much else was asked for earlier."""
    first, others = services.store().tasks.before(task.key)
    more = f"; {counted(others)} more asked for earlier" if others else ""
    if first is None:
        return f"Waiting for a worker …{more}"
    what = _how_far(first, "Something else")
    return f"Waiting: the worker is at something else first. {what}{more}"
