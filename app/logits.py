"""A network's logits on a page: at once where that is quick, else from a worker."""

import streamlit as st

from app import access, services
from app.pictures import at_hand, is_here
from app.problems import in_one_sentence
from app.steering import action
from app.text import plain
from core.data import SplitName
from core.evaluation.logits import SplitLogits, has_logits
from core.jobs import LogitsWork
from core.runs.networks import TrainedNetwork
from core.runs.tasks import Task
from core.wording import duration

TASK_SECONDS = 0.5  # between two looks at what a worker computes


def logits_if_possible(
    network: TrainedNetwork, split: SplitName, tta: bool = False
) -> SplitLogits | None:
    """The network's logits, where they are stored or quickly made; else says how far they are, or
    what is missing, and returns None."""
    if has_logits(network.path, split, tta):
        return services.logits(network.path, split, tta)
    if not is_here(network.recipe.data):
        how = " with test-time augmentation" if tta else ""
        st.info(
            f"The {split} logits{how} of this network are not stored beside it, or are damaged. "
            "They can be computed from the pictures of its data set, which are not here yet."
        )
        if not at_hand(network.recipe.data):
            return None
    work = LogitsWork(checkpoint=network.path, split=split, tta=tta)
    if work.is_quick:
        return services.logits(network.path, split, tta)
    if services.store().tasks.get(work.key) is None:
        if not access.may_steer():
            st.info("Nobody has had this computed yet, and it takes long; who steers can.")
            return None
        services.queue().ask(work)
    _under_way(work)
    return None


@st.fragment(run_every=TASK_SECONDS)
def _under_way(work: LogitsWork) -> None:
    """How far a worker is with what the page waits for; the page comes anew when it is there."""
    with in_one_sentence():
        tasks = services.store().tasks
        task = tasks.get(work.key)
        if task is None:
            st.rerun()
        if task.live:
            st.progress(task.progress, _how_far(task))
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


def _how_far(task: Task) -> str:
    if task.status == "queued":
        return task.message or "Waiting for a worker …"
    if task.stopping:
        return "Stopping after the images under way …"
    left = f", {duration(task.seconds_left)} left" if task.progress else ""
    return f"Running the network over the images ({task.progress:.0%}{left})"
