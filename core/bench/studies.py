"""What a study's driver costs by itself, and whether that grows with the trials done: hundreds of
runs at once that only let time pass, or runs of one real step."""

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil

from core.bench.report import Report
from core.jobs.queue import job_queue
from core.recipe import Data, Recipe, presets
from core.runs.events import EpochEnded
from core.runs.store import RunStore
from core.studies.begin import create_study, search_of
from core.studies.definition import Study
from core.studies.driver import LOOK_SECONDS, Driver
from core.studies.place import Here, Place

BLOCKS = 5  # of trials, each with its own figures
LONGEST = 5  # looks of the driver that a run lasts which only lets time pass
NEWEST = 2000  # trials that the page Studies reads
SMALL = presets()["shapes-quick"].model_dump()
ONE_STEP = Recipe.parse(
    SMALL
    | {"epochs": 1, "batch_size": 128, "data": Data(images=100)}
    | {"model": SMALL["model"] | {"channels": [8]}}
)
TRAINED = (
    "Each trial is a run of one step of 90 drawn pictures, by the worker processes of this machine."
)
SIMULATED = (
    "The runs are rows alone, each under way for one to five looks of the driver. What workers "
    "would do for them is not counted as the driver's."
)
EPOCH = EpochEnded(
    epoch=1, train_loss=1.0, train_accuracy=0.5, validation_loss=1.0, validation_accuracy=0.5,
    learning_rate=0.1, images_per_second=1.0, seconds=1.0, best=True,
)  # fmt: skip


class Idle:
    """A place where nothing is trained: what was submitted is finished a few looks later."""

    def __init__(self, store: RunStore, slots: int) -> None:
        self.slots = slots
        self._store, self._draw = store, random.Random(0)
        self._left: dict[str, int] = {}  # looks, by run
        self.seconds = 0.0  # spent on what a worker would do

    def submit(self, run_id: str) -> None:
        began = time.perf_counter()
        self._left[run_id] = self._draw.randint(1, LONGEST)
        self._store.claim(run_id)
        self.seconds += time.perf_counter() - began

    def cancel(self, run_id: str) -> None:
        """It ends anyway."""

    def poll(self) -> None:
        began = time.perf_counter()
        self._left = {run_id: left - 1 for run_id, left in self._left.items() if left}
        for run_id in (run_id for run_id, left in self._left.items() if not left):
            self._store.metrics.add_epoch(run_id, EPOCH)
            self._store.set_status(run_id, "finished")
            self._store.release(run_id)
        self.seconds += time.perf_counter() - began


class Block(NamedTuple):
    """trials: done by its end
    driver: milliseconds of the driver for each of its trials; whole: of all that was done for one
    reading: seconds to read what the page shows; store: bytes of both databases
    folder: bytes of all files; memory: bytes of the driver's process; workers: of its children
    """

    trials: int
    driver: float
    whole: float
    reading: float
    store: int
    folder: int
    memory: int
    workers: int


def measured(trials: int, slots: int, sampler: str, train: bool = False) -> Report:
    """Drive so many trials in a store of their own: `slots` at once that train nothing, or where
    `train` says so one real step each, in the worker processes of this machine."""
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        with _place(store, slots, train) as place:
            blocks = list(driven(store, place, trials, sampler))
    told = TRAINED if train else SIMULATED
    return Report(
        part="studies-trained" if train else "studies",
        title=f"A study of {trials:,} trials, {place.slots:,} at once, {sampler}",
        columns=(
            *("trials done", "driver, ms a trial", "all, ms a trial", "reading, ms"),
            *("databases, MB", "all files, MB", "driver's memory, MB", "workers' memory, MB"),
        ),
        rows=tuple(
            (
                *(f"{block.trials:,}", f"{block.driver:.2f}", f"{block.whole:.1f}"),
                f"{1000 * block.reading:.0f}",
                *(f"{part / 1e6:,.0f}" for part in block[4:]),
            )
            for block in blocks
        ),
        figures={"blocks": [block._asdict() for block in blocks]},
        notes=(told,),
    )


@contextmanager
def _place(store: RunStore, slots: int, train: bool) -> Iterator[Place]:
    if not train:
        yield Idle(store, slots)
        return
    queue = job_queue(store)
    try:
        yield Here(store)
    finally:
        queue.close(patience=60.0)


def driven(store: RunStore, place: Place, trials: int, sampler: str) -> Iterator[Block]:
    """Drive a new study to its end."""
    study_id, driver = _begun(store, place, trials, sampler)
    mark, spent, before, done = time.perf_counter(), 0.0, 0, False
    block = max(1, trials // BLOCKS)
    while not done:
        began, others = time.perf_counter(), _others(place)
        done = driver.step()
        spent += time.perf_counter() - began - (_others(place) - others)
        ended = store.trials.counts(study_id).get("finished", 0)
        if ended > before and (done or ended // block > before // block):
            each = 1000 / (ended - before)
            whole = time.perf_counter() - mark
            yield Block(ended, each * spent, each * whole, *_sizes(store, study_id))
            mark, spent, before = time.perf_counter(), 0.0, ended
        if isinstance(place, Here) and not done:
            time.sleep(LOOK_SECONDS)
    store.studies.end(study_id, "finished")
    store.studies.release(study_id)


def _begun(store: RunStore, place: Place, trials: int, sampler: str) -> tuple[str, Driver]:
    rate = {"kind": "uniform", "low": 1e-4, "high": 1.0, "log": True}
    asked = {"name": "scale", "kind": "search", "base": ONE_STEP, "sampler": sampler}
    asked["pruner"] = "none" if sampler == "random" else "median"
    study = Study.parse(asked | {"space": {"optimizer.learning_rate": rate}, "trials": trials})
    study_id = create_study(store, study)
    claimed = store.studies.claim(study_id)  # or a worker of this store would drive it
    return study_id, Driver(store, claimed, study, search_of(store, study_id, study), place)


def _others(place: Place) -> float:
    return place.seconds if isinstance(place, Idle) else 0.0


def _sizes(store: RunStore, study_id: str) -> tuple[float, int, int, int, int]:
    began = time.perf_counter()
    newest = store.trials.of(study_id, last=NEWEST)
    store.study_figures.runs(study_id, newest[0].number)
    store.trials.best(study_id, highest=True)
    store.study_figures.totals()
    reading = time.perf_counter() - began
    files = {path: path.stat().st_size for path in store.folder.rglob("*") if path.is_file()}
    databases = sum(size for path, size in files.items() if ".sqlite" in path.name)
    here = psutil.Process()
    workers = sum(child.memory_info().rss for child in here.children(recursive=True))
    return reading, databases, sum(files.values()), here.memory_info().rss, workers
