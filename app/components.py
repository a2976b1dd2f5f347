"""Small pieces that several pages show alike."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from app import access, services
from app.routes import page
from app.text import plain
from core.data import SplitName, cifar10_available
from core.errors import ConvscopeError
from core.evaluation.logits import Judged, has_judged
from core.jobs import LogitsWork
from core.recipe import Data
from core.runs.networks import TrainedNetwork, missing_networks
from core.runs.run import Run, Status
from core.runs.tasks import Task
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

TASK_SECONDS = 0.5  # between two looks at what a worker computes


@contextmanager
def in_one_sentence() -> Iterator[None]:
    """Show a problem that the user can solve as its one sentence, without a traceback."""
    try:
        yield
    except ConvscopeError as error:
        st.error(plain(str(error)), icon=":material/error:")


def status_badge(status: Status) -> None:
    icon, colour = STATUS[status]
    st.badge(status, icon=icon, color=colour)  # pyright: ignore[reportArgumentType]


def network_label(network: TrainedNetwork) -> str:
    """Name, accuracy and time, to tell networks apart in a list; no Markdown."""
    score = network.accuracies.get("test", network.accuracies.get("validation"))
    parts = [network.name, *([f"{score:.1%}"] if score is not None else [])]
    parts.append(moment(network.created) if network.created else "ships with Convscope")
    return " · ".join(parts)


def pick_network(preferred: str = "") -> TrainedNetwork | None:
    """Choose a trained network, at first `preferred` if there is one of this id; the choice lives
    in the URL as `run`.

    Shows what to do, and returns None, when there is none, or when the link's run has none yet.
    """
    networks = services.networks()
    asked = st.query_params.get("run")
    if asked and asked not in networks:
        run = services.store().get(asked)  # says so when the run is gone
        ensure_kept(run)
        st.info("This run has no weights yet; they come with its first epochs.")
    if not networks:
        st.info("No network has been trained yet. A minute on the drawn shapes is enough.")
        st.page_link(page("train"), label="Train one", icon=":material/play_arrow:")
        return None
    first = asked or (preferred if preferred in networks else next(iter(networks)))
    chosen = st.selectbox(
        "Network",
        list(networks),
        index=list(networks).index(first) if first in networks else None,
        format_func=lambda name: network_label(networks[name]),
        placeholder="Choose another one",
    )
    if chosen is None:
        return None
    st.query_params["run"] = chosen
    return networks[chosen]


def ensure_kept(run: Run) -> None:
    """Raises ConvscopeError for a run that is deleted and can still be brought back."""
    if run.deleted:
        raise ConvscopeError(
            f"'{run.name}' is deleted. Undo on the page Runs brings it back, as long as it is "
            "offered there."
        )


def missing_networks_notice() -> None:
    """Say which of the networks that ship are not to be read."""
    if gone := missing_networks():
        st.warning(
            f"Missing or damaged in checkpoints: {plain(', '.join(gone))}. Everything else works; "
            "`git checkout -- checkpoints` brings them back.",
            icon=":material/report:",
        )


def is_here(data: Data) -> bool:
    """Whether the pictures need no download."""
    return data.source != "cifar10" or cifar10_available()


def at_hand(data: Data) -> bool:
    """Whether the pictures are here; where they would be downloaded, a button asks first."""
    label = "Download CIFAR-10 (170 MB) to see the pictures"
    if is_here(data):
        return True
    if not access.may_steer():
        st.caption("CIFAR-10 is not on this server yet, so its pictures cannot be shown.")
        return False
    return st.button(label, icon=":material/download:")


def judged_if_possible(
    network: TrainedNetwork, split: SplitName, several_views: bool = False
) -> Judged | None:
    """The network's logits, where they are stored or quickly made; else says how far they are, or
    what is missing, and returns None."""
    if has_judged(network.path, split, several_views):
        return services.judged(network.path, split, several_views)
    if not is_here(network.recipe.data):
        views = " of several views" if several_views else ""
        st.info(
            f"The {split} logits{views} of this network are not stored beside it, or are damaged. "
            "They can be computed from the pictures of its data set, which are not here yet."
        )
        if not at_hand(network.recipe.data):
            return None
    work = LogitsWork(checkpoint=network.path, split=split, several_views=several_views)
    if work.is_quick:
        return services.judged(network.path, split, several_views)
    if services.store().tasks.get(work.key) is None:
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
        under_way = _under_way_to(run)
        if under_way:
            action(under_way, ":material/hourglass_top:", lambda: None, disabled=True)
        elif run.status == "running":
            action("Pause", ":material/pause:", lambda: store.request(run.id, "pause"))
        elif run.status == "paused" or run.resumable:
            action("Resume", ":material/play_arrow:", lambda: services.queue().resume(run.id))
        if run.live and run.request != "stop":
            action("Stop", ":material/stop:", lambda: store.request(run.id, "stop"))
        if run.status == "queued":
            action(
                "To the front", ":material/vertical_align_top:", lambda: store.prioritise(run.id)
            )
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


def action(
    label: str, icon: str, act: Callable[[], None], key: str = "", disabled: bool = False
) -> None:
    """A button for those who may steer."""
    if access.may_steer() and st.button(label, icon=icon, key=f"{label} {key}", disabled=disabled):
        act()
        st.rerun()


def undo_bar() -> None:
    """Offer deleted runs back, for as long as they can be brought back."""
    store = services.store()
    for run in store.runs(deleted=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                f"'{plain(run.name)}' is deleted, for good when the app closes or after a day."
            )
            action("Undo", ":material/undo:", lambda run=run: store.restore(run.id), run.id)
