"""Who uses a home at the same time as others: somebody at a server's pages, somebody who types."""

import json
import os
import random
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from core.errors import ConvscopeError
from core.jobs import JobQueue
from core.jobs.worker import worker_name
from core.machine import pick_device
from core.recipe import Recipe
from core.runs.locks import Locks
from core.runs.store import RunStore
from tests.crossings.figures import PATIENCE, Figures
from tests.processes import Forked, command
from tests.tiny import TINY
from tests.waiting import wait_until

MOST_RUNS = 12
EPOCHS = (2, 10, 60, 400)  # of the recipes that are trained


def tiny(epochs: int) -> Recipe:
    return TINY.model_copy(update={"name": f"crossed {epochs}", "epochs": epochs})


def serve(seconds: float, seed: int, diary: Path) -> None:
    """Once there is a worker, do as pages do for so long, then serve on until the input ends. What
    came of each operation goes to the diary, a line of JSON each: its name, what was said, the
    seconds it took."""
    queue, draw = JobQueue(RunStore()), random.Random(seed)
    queue.prepare()
    wait_until(lambda: has_worker(queue.store.folder), PATIENCE)
    end = time.monotonic() + seconds
    with diary.open("w") as lines:
        while time.monotonic() < end:
            (name,), said, began = draw.choices(list(PAGES), OFTEN), "", time.monotonic()
            try:
                PAGES[name](queue, draw)
            except ConvscopeError as error:
                said = str(error)
            except Exception:
                said = traceback.format_exc()
            print(json.dumps([name, said, time.monotonic() - began]), file=lines, flush=True)
            time.sleep(draw.uniform(0.0, 0.2))
    sys.stdin.read()
    queue.close(PATIENCE)


def has_worker(home: Path) -> bool:
    return Locks(home / "workers").is_taken(worker_name("train", pick_device()))


def _any(store: RunStore, draw: random.Random, deleted: bool = False) -> str:
    runs = store.runs(deleted)
    return draw.choice(runs).id if runs else "none"


def _submit(queue: JobQueue, draw: random.Random) -> None:
    if queue.store.count() < MOST_RUNS:
        queue.submit(tiny(draw.choice(EPOCHS)))


def _look(queue: JobQueue, draw: random.Random) -> None:
    store = queue.store
    store.live()
    run_id = _any(store, draw)
    store.get(run_id)
    store.metrics.steps(run_id, points=300)
    store.metrics.epochs(run_id)
    store.history(run_id)


PAGES: dict[str, Callable[[JobQueue, random.Random], None]] = {
    "submit": _submit,
    "look": _look,
    "pause": lambda queue, draw: queue.store.request(_any(queue.store, draw), "pause"),
    "unpause": lambda queue, draw: queue.store.request(_any(queue.store, draw), None),
    "stop": lambda queue, draw: queue.store.request(_any(queue.store, draw), "stop"),
    "resume": lambda queue, draw: queue.resume(_any(queue.store, draw)),
    "prioritise": lambda queue, draw: queue.store.prioritise(_any(queue.store, draw)),
    "rename": lambda queue, draw: queue.store.rename(_any(queue.store, draw), "renamed"),
    "delete": lambda queue, draw: queue.store.delete(_any(queue.store, draw)),
    "restore": lambda queue, draw: queue.store.restore(_any(queue.store, draw, deleted=True)),
    "purge": lambda queue, draw: queue.store.purge(),  # noqa: ARG005
}
OFTEN = (3.0, 2.0, 2.0, 4.0, 1.0, 3.0, 1.0, 1.0, 1.0, 2.0, 0.5)


class CommandLine(threading.Thread):
    """Somebody who types one command after another."""

    def __init__(self, folder: Path, home: Path, number: int, seconds: float, seed: int) -> None:
        super().__init__()
        self._folder, self._home, self._number = folder, home, number
        self._store, self._draw = RunStore(home), random.Random(seed)
        self._end = time.monotonic() + seconds
        self._figures = Figures()

    def run(self) -> None:
        count = 0
        while time.monotonic() < self._end:
            count += 1
            said = self._folder / f"command-{self._number}-{count}"
            self._type(self._pick(), said)

    def told(self) -> Figures:
        """After the last command."""
        self.join()
        return self._figures

    def _pick(self) -> list[str]:
        run = _any(self._store, self._draw)
        recipe = self._folder / f"{self._draw.choice(EPOCHS)}.toml"
        choices = [
            *([["train", str(recipe)], ["train", "--resume", run]] * 4),
            *(["runs", name, run] for name in ("pause", "unpause", "stop", "delete", "show")),
            *(["runs"], ["runs", "rename", run, "retyped"]),
        ]
        return self._draw.choice(choices)

    def _type(self, words: list[str], said: Path) -> None:
        if words[0] == "train" and self._store.count() >= MOST_RUNS:
            return
        process, began = command(self._home, said, *words), time.monotonic()
        if words[:2] == ["runs", "delete"]:
            os.write(process.input.fileno(), b"y\n")
        if words[0] == "train" and self._draw.random() < 0.7:
            self._interrupt(process)
        if not process.wait(PATIENCE):
            process.kill()
            self._figures.problems.append(f"{words} did not end; it said: {process.said}")
        name = " ".join(words[:1] if words[0] == "train" else words[:2])
        code = process.code or 0
        if code < 0:
            self._figures.problems.append(f"{words} ended with {code}; it said: {process.said}")
        self._figures.note("command", name, process.said, code > 0, 0.0)
        assert time.monotonic() - began < 3 * PATIENCE

    def _interrupt(self, process: Forked) -> None:
        """Ctrl-C, some time after it began to train."""
        began = "Run "
        with suppress(AssertionError):
            wait_until(lambda: process.ended or began in process.said, PATIENCE)
        if not process.wait(self._draw.uniform(0.0, 3.0)):
            process.send(signal.SIGINT)
