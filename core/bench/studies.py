"""What a study's driver costs by itself, and whether that grows with the trials done: runs that
train nothing, hundreds at once, and end as soon as they are looked at."""

import random
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import psutil

from core.bench.report import Report
from core.recipe import presets
from core.runs.events import EpochEnded
from core.runs.store import RunStore
from core.studies.begin import create_study, search_of
from core.studies.definition import Study
from core.studies.driver import Driver

BLOCKS = 5  # of trials, each with its own figures
BASE = "shapes-quick"
EPOCH = EpochEnded(
    epoch=1, train_loss=1.0, train_accuracy=0.5, validation_loss=1.0, validation_accuracy=0.5,
    learning_rate=0.1, images_per_second=1.0, seconds=1.0, best=True,
)  # fmt: skip


class Idle:
    """A place where nothing is trained: what was submitted is finished at the next look."""

    def __init__(self, store: RunStore, slots: int) -> None:
        self.slots = slots
        self._store, self._submitted, self._draw = store, list[str](), random.Random(0)
        self.seconds = 0.0  # spent on what a worker would do

    def submit(self, run_id: str) -> None:
        self._submitted.append(run_id)

    def cancel(self, run_id: str) -> None:
        """It ends anyway."""

    def poll(self) -> None:
        began = time.perf_counter()
        for run_id in self._submitted:
            self._store.claim(run_id)
            self._store.metrics.add_epoch(run_id, EPOCH)
            self._store.set_status(run_id, "finished")
            self._store.release(run_id)
        self._submitted = []
        self.seconds += time.perf_counter() - began


class Block(NamedTuple):
    """trials: done by its end; milliseconds: of the driver for each of its trials
    reading: seconds to read all trials, as the page does; store: bytes of both databases
    memory: bytes of this process
    """

    trials: int
    milliseconds: float
    reading: float
    store: int
    memory: int


def measured(trials: int, slots: int, sampler: str) -> Report:
    """Drive so many trials, `slots` at once, in a store of their own."""
    with tempfile.TemporaryDirectory() as folder:
        blocks = _driven(RunStore(Path(folder)), trials, slots, sampler)
    return Report(
        part="studies",
        title=f"The driver of a study of {trials:,} trials, {slots:,} at once, {sampler}",
        columns=(
            "trials done",
            "driver (ms a trial)",
            "reading all (s)",
            "store (MB)",
            "memory (MB)",
        ),
        rows=tuple(
            (
                f"{block.trials:,}",
                f"{block.milliseconds:.2f}",
                f"{block.reading:.2f}",
                f"{block.store / 1e6:.1f}",
                f"{block.memory / 1e6:.0f}",
            )
            for block in blocks
        ),
        figures={"blocks": [block._asdict() for block in blocks]},
        notes=("The runs are rows alone; what their workers would write is not counted.",),
    )


def _driven(store: RunStore, trials: int, slots: int, sampler: str) -> list[Block]:
    rate = {"kind": "uniform", "low": 1e-4, "high": 1.0, "log": True}
    asked = {"name": "scale", "kind": "search", "base": presets()[BASE], "sampler": sampler}
    study = Study.parse(asked | {"space": {"optimizer.learning_rate": rate}, "trials": trials})
    study_id, place = create_study(store, study), Idle(store, slots)
    driver = Driver(store, study_id, study, search_of(store, study_id, study), place)
    blocks: list[Block] = []
    spent, before, done = 0.0, 0, False
    while not done:
        began, others = time.perf_counter(), place.seconds
        done = driver.step()
        spent += time.perf_counter() - began - (place.seconds - others)
        ended = store.studies.counts(study_id).get("finished", 0)
        if done or ended >= (len(blocks) + 1) * trials // BLOCKS:
            each = 1000 * spent / max(1, ended - before)
            blocks.append(_block(store, study_id, ended, each))
            spent, before = 0.0, ended
    return blocks


def _block(store: RunStore, study_id: str, ended: int, milliseconds: float) -> Block:
    began = time.perf_counter()
    store.studies.trials(study_id)
    reading = time.perf_counter() - began
    size = sum(path.stat().st_size for path in store.folder.rglob("*.sqlite*"))
    return Block(ended, milliseconds, reading, size, psutil.Process().memory_info().rss)
