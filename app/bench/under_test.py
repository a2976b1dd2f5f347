"""A checkout's app with runs to work on, steered and watched from outside."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from app.bench import storekeeper
from app.bench.server import Server, serving, wait_until
from core.errors import ConvscopeError
from core.recipe import Recipe

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

TRAINED, TRAINING, LONG = "trained", "training", "long"  # names of runs
LOOK_SECONDS = 0.02  # between two looks at the count of steps
Marks = list[tuple[float, int]]  # when (seconds), and how many steps were stored then


@dataclass(frozen=True)
class App:
    """name: of the checkout, in reports"""

    name: str
    server: Server
    storekeeper: "subprocess.Popen[str]"

    def prepare(
        self, browser: "BrowserContext", trained: Recipe, training: Recipe, steps: int
    ) -> None:
        """A finished run, one in training that is paused, and a stopped one of so many steps."""
        self.ask("fill", LONG, steps)
        page = browser.new_page()
        page.goto(self.server.address)  # the first page starts the queue
        self._create(TRAINED, trained)
        wait_until(lambda: self._status(TRAINED) == "finished", "a run to be finished")
        self._create(TRAINING, training)
        wait_until(self.steps, "a run's first steps")
        page.close()
        self._pause()

    def page(self, name: str, run: str) -> str:
        """The address of a page that shows a run."""
        return f"{self.server.address}/{name}?run={self._run(run)}"

    def checkpoint(self, run: str) -> Path:
        return self.server.home / "runs" / self._run(run) / "best.safetensors"

    def steps(self) -> int:
        """How many the run in training has stored."""
        return self.server.value("SELECT done_steps FROM runs WHERE name = ?", TRAINING)

    @contextmanager
    def training(self) -> Iterator[None]:
        """Its paused run goes on meanwhile."""
        before = self.steps()
        self.ask("request", TRAINING, None)
        wait_until(lambda: self.steps() > before, "a paused run to go on")
        yield
        self._pause()

    @contextmanager
    def counting(self) -> Iterator[Marks]:
        """The run's count of steps each time that it has grown."""
        marks, last, ending = [], self.steps(), Event()

        def look() -> None:
            nonlocal last
            while not ending.wait(LOOK_SECONDS):
                if (steps := self.steps()) > last:
                    marks.append((time.perf_counter(), steps))
                    last = steps

        thread = Thread(target=look)
        thread.start()
        try:
            yield marks
        finally:
            ending.set()
            thread.join()

    def ask(self, *words: object) -> None:
        """Have the checkout's own code change the store."""
        keeper = self.storekeeper
        assert keeper.stdin is not None and keeper.stdout is not None
        print(json.dumps(words), file=keeper.stdin, flush=True)
        if keeper.stdout.readline() != "done\n":
            raise ConvscopeError(f"The store of {self.name} cannot take {json.dumps(words)}.")

    def _create(self, name: str, recipe: Recipe) -> None:
        self.ask("create", recipe.model_copy(update={"name": name}).to_url())

    def _pause(self) -> None:
        self.ask("request", TRAINING, "pause")
        wait_until(lambda: self._status(TRAINING) == "paused", "a run to pause")

    def _run(self, name: str) -> str:
        return self.server.value("SELECT id FROM runs WHERE name = ?", name)

    def _status(self, run: str) -> str:
        return self.server.value("SELECT status FROM runs WHERE name = ?", run)


@contextmanager
def under_test(name: str, project: Path) -> Iterator[App]:
    """The app of the checkout `project`, with a home of its own."""
    with tempfile.TemporaryDirectory() as home, serving(Path(home), project) as server:
        keeper = subprocess.Popen(
            [sys.executable, "-P", storekeeper.__file__],
            env=os.environ | {"CONVSCOPE_HOME": home, "PYTHONPATH": str(project)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with keeper:  # it ends with its input
            yield App(name, server, keeper)


def images_per_second(marks: Marks, batch_size: int) -> float:
    """Between the first growth and the last. Raises ConvscopeError when there are not two."""
    if len(marks) < 2:
        raise ConvscopeError("Too few steps were trained to measure a speed; try more --seconds.")
    (began, first), (ended, last) = marks[0], marks[-1]
    return (last - first) * batch_size / (ended - began)
