"""Runs trained elsewhere and recorded here: nothing of another machine writes to the run store."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Protocol

from torch import Tensor

from core.cluster.task import ENDS, Failure, Told
from core.data import Report, load_dataset
from core.data.dataset import Dataset
from core.errors import AwayError, BreakOffError, ConvscopeError
from core.jobs.execute import execute_by
from core.jobs.trainer import Look, Measured
from core.recipe import Data, Recipe
from core.runs.run import Request, Run
from core.runs.store import RunStore
from core.training import Control, TrainingState, events

LOOK_SECONDS = 0.3  # between two looks at what a task has told
TROUBLE_SECONDS = 3.0  # before an engine that did not answer is asked again
CLOSE_SECONDS = 60.0  # that runs have to be saved in when this ends


class Task(Protocol):
    """A run's training, elsewhere."""

    def exchange(self, asked: Request | None) -> list[Told]:
        """Ask that of it, and take what it has told since. Raises LostError when it is gone and
        has told nothing more."""
        ...

    def end(self) -> None:
        """Nobody wants it any more, or it is through."""
        ...


class Engine(Protocol):
    """What carries out tasks: a cluster."""

    name: str

    def room(self) -> int:
        """How many tasks it carries out at once."""
        ...

    def begin(
        self,
        recipe: Recipe,
        data: Dataset,
        state: TrainingState | None,
        start: dict[str, Tensor] | None,
    ) -> Task:
        """Raises AwayError while it cannot be reached, and LostError when it is gone."""
        ...

    def close(self) -> None:
        """End what is left there of this process."""
        ...


class OnCluster:
    """A trainer whose arithmetic an engine does; it holds each data set once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._data: dict[Data, Dataset] = {}
        self._loading = threading.Lock()

    def load(self, options: Data, report: Report) -> Dataset:
        with self._loading:
            if options not in self._data:
                self._data[options] = load_dataset(options, report)
            return self._data[options]

    def train(
        self,
        recipe: Recipe,
        data: Dataset,
        control: Control,
        state: TrainingState | None,
        start: dict[str, Tensor] | None,
        look: Look,
    ) -> Iterator[events.Event | Measured]:
        task, begun = None, False
        while task is None:
            try:
                task = self._engine.begin(recipe, data, state, start)
            except AwayError as error:
                look(str(error))
                if control.stopping:
                    raise BreakOffError from error
                time.sleep(TROUBLE_SECONDS)
        try:
            while True:
                told = task.exchange(_asked(control))
                for each in told:
                    if isinstance(each, Failure):
                        raise ConvscopeError(each.sentence)
                    begun = True
                    yield each
                    if isinstance(each, ENDS):
                        return
                if not told:
                    look("" if begun else f"Waiting for room on {self._engine.name}.")
                    if control.stopping and not begun:
                        raise BreakOffError
                    time.sleep(LOOK_SECONDS)
        finally:
            task.end()


def _asked(control: Control) -> Request | None:
    if control.stopping:
        return "stop"
    return "pause" if control.paused else None


class Cluster:
    """A place for a study's runs: each is recorded by a thread of this process, which holds its
    lock, while an engine trains it. Use it as a context; its end saves and stops what is left.

    trainer: for a run that somebody else records
    """

    def __init__(self, store: RunStore, engine: Engine) -> None:
        self._store, self._engine = store, engine
        self.trainer = OnCluster(engine)
        self.slots = engine.room()
        self._going: dict[threading.Thread, Control] = {}

    def submit(self, run_id: str) -> None:
        with suppress(ConvscopeError):  # a worker of this machine was quicker
            self.train(self._store.claim(run_id))

    def train(self, run: Run) -> None:
        """Train a run that the store has claimed."""
        control = Control()

        def record() -> None:
            for _ in execute_by(self.trainer, self._store, run, control):
                pass

        thread = threading.Thread(target=record, name=f"recorder of {run.id}", daemon=True)
        self._going[thread] = control
        thread.start()

    def cancel(self, run_id: str) -> None:
        with suppress(ConvscopeError):  # it has just ended
            self._store.request(run_id, "stop")

    @property
    def going(self) -> int:
        """How many were under way at the last look."""
        return len(self._going)

    def poll(self) -> None:
        self._going = {t: control for t, control in self._going.items() if t.is_alive()}
        self.slots = self._engine.room()

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, *_: object) -> None:
        limit = time.monotonic() + CLOSE_SECONDS
        for control in self._going.values():
            control.stop()
        for thread in self._going:
            thread.join(max(0.0, limit - time.monotonic()))
        self._engine.close()
