"""What the pages share within one server: the store, the queue, loaded data and networks.

Everything cached here can be read back from disk, so losing a cache costs time and nothing else.
"""

from contextlib import suppress
from importlib import import_module
from pathlib import Path
from threading import Thread

import streamlit as st

from core import data
from core.data import Dataset, SplitName
from core.errors import ConvscopeError
from core.evaluation.logits import SplitLogits, stored_logits
from core.jobs import JobQueue, job_queue
from core.machine import pick_device, share_cores
from core.models.network import Network
from core.recipe import Data
from core.runs.checkpoint import Card, load_card, load_checkpoint
from core.runs.networks import TrainedNetwork, trained_networks
from core.runs.run import Run
from core.runs.store import RunStore

LATER = ("torch._dynamo", "core.explanation", "core.studies.driver")
"""What takes seconds to import, and other pages than the first want; torch has the first of them
for shapes without values."""
STAMP_SECONDS = 3.0  # before a folder's files are looked at again; there may be a million of them


@st.cache_resource(show_spinner=False)
def store() -> RunStore:
    return RunStore()


def queue() -> JobQueue:
    """This server's background training; lives in `core`, so editing a page leaves it alone."""
    return job_queue(store())


def get_ready() -> None:
    """Before anybody asks for a page: train what waits since an earlier server, and have a worker
    begin where nothing was trained yet, for that is what the first button wants."""
    with suppress(ConvscopeError):  # the pages say what is wrong
        workers = queue()
        if store().newest() is None:
            workers.prepare()


@st.cache_resource(show_spinner=False)
def import_what_comes_later() -> None:
    """Once, behind the first page that is there, so that the next ones open at once."""
    Thread(target=lambda: [import_module(name) for name in LATER], daemon=True).start()


def leave_cores_to_training() -> None:
    """Called at the start of every page run, for whatever the page computes."""
    share_cores(training=any(run.status == "running" for run in store().live()))


def dataset(options: Data) -> Dataset:
    """The data set as its files are now."""
    return _dataset(options, source_stamp(options))


def own_dataset(card: Card) -> Dataset:
    """The data set that a network was trained on. Raises ConvscopeError when it is another now."""
    found = dataset(card.recipe.data)
    card.ensure_trained_on(found)
    return found


@st.cache_data(ttl=STAMP_SECONDS, max_entries=16, show_spinner=False)
def source_stamp(options: Data) -> str:
    return data.source_stamp(options)


@st.cache_resource(max_entries=2, show_spinner="Loading the pictures …")
def _dataset(options: Data, stamp: str) -> Dataset:  # noqa: ARG001
    return data.load_dataset(options)


def kept_run(run_id: str) -> Run:
    """Raises ConvscopeError for a run that is gone, or is deleted and can still be brought back."""
    run = store().get(run_id)
    if run.deleted:
        raise ConvscopeError(
            f"'{run.name}' is deleted. Undo on the page Runs brings it back, as long as it is "
            "offered there."
        )
    return run


def networks() -> dict[str, TrainedNetwork]:
    """Everything that can be evaluated and asked, by id: the user's own, then what ships."""
    return trained_networks(store())


def card(checkpoint: Path) -> Card:
    """What the checkpoint says of itself."""
    return _card(checkpoint, _version(checkpoint))


def network(checkpoint: Path) -> Network:
    return _network(checkpoint, _version(checkpoint))


def logits(checkpoint: Path, split: SplitName, tta: bool = False) -> SplitLogits:
    """The checkpoint's logits on a split; the pictures are loaded only if they must be computed,
    which `app.logits.logits_if_possible` leaves to a worker where it takes long."""
    return _logits(checkpoint, _version(checkpoint), split, tta)


def _version(checkpoint: Path) -> float:
    """Changes whenever training replaces the file, so that nothing stale is shown."""
    return checkpoint.stat().st_mtime if checkpoint.exists() else 0.0


@st.cache_resource(max_entries=16, show_spinner=False)
def _card(checkpoint: Path, version: float) -> Card:  # noqa: ARG001
    return load_card(checkpoint)


@st.cache_resource(max_entries=4, show_spinner="Loading the network …")
def _network(checkpoint: Path, version: float) -> Network:  # noqa: ARG001
    return load_checkpoint(checkpoint).network(pick_device())


@st.cache_resource(max_entries=8, show_spinner="Running the network over the images …")
def _logits(
    checkpoint: Path,
    version: float,  # noqa: ARG001
    split: SplitName,
    tta: bool,
) -> SplitLogits:
    options = card(checkpoint).recipe.data
    return stored_logits(checkpoint, split, lambda: dataset(options), pick_device(), tta)
