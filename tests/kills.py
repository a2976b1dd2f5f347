"""Kill whoever trains, at random moments, and see that nothing is lost.

`python -m tests.kills --count 100 --seed 0`
"""

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil
import torch
from safetensors.torch import load_file

from core.errors import ConvscopeError
from core.files import PROJECT
from core.recipe import Recipe
from core.runs.locks import Locks
from core.runs.run import Run, process_name
from core.runs.store import RunStore
from tests.processes import Forked, command, server
from tests.tiny import TINY
from tests.waiting import wait_until

RECIPE = TINY.model_copy(update={"name": "killed", "epochs": 24})
MOMENTS = ("any", "claim", "steps", "snapshot", "best weights", "evaluation", "end")
VICTIMS = ("command", "command", "worker", "worker", "worker", "importing", "server")
MOST_KILLS = 4  # of one run
IMPORT_SECONDS = 6.0
LONGEST_WAIT = 60.0  # seconds for a moment to come
FIGURES = ["epoch", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy"]


@dataclass
class Figures:
    """What became of the kills: how many of whom and when, and what was found wrong."""

    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    runs: int = 0
    finished_by_victim: int = 0
    states_left: int = 0
    problems: list[str] = field(default_factory=list)

    def table(self) -> str:
        rows = [f"{'':14}" + "".join(f"{moment:>14}" for moment in MOMENTS)]
        for victim in sorted({victim for victim, _ in self.kills}):
            counts = (self.kills[victim, moment] for moment in MOMENTS)
            rows.append(f"{victim:14}" + "".join(f"{count:14}" for count in counts))
        rows += [
            f"{self.kills.total()} kills, {self.runs} runs, all finished and compared",
            f"killed after the run was finished: {self.finished_by_victim}, "
            f"of these with a state left for the next purge: {self.states_left}",
            f"problems: {len(self.problems)}",
            *self.problems,
        ]
        return "\n".join(rows)


class Kills:
    """Runs of `recipe` in `folder`, each killed some times and then finished."""

    def __init__(self, folder: Path, recipe: Recipe, seed: int) -> None:
        self.home, self.recipe, self.draw = folder / "home", recipe, random.Random(seed)
        self.recipe_file, self.said = folder / "recipe.toml", folder / "said"
        self.recipe_file.write_text(recipe.to_toml())
        self.store, self.figures = RunStore(self.home), Figures()
        self._victims: list[str] = []
        assert command(self.home, self.said, "train", str(self.recipe_file)).wait(LONGEST_WAIT)
        self.unbroken = self.store.runs()[0]
        assert self.unbroken.status == "finished", self.said.read_text()

    def go(self, count: int) -> Figures:
        while (left := count - self.figures.kills.total()) > 0:
            before = {run.id for run in self.store.runs()}
            for _ in range(self.draw.randint(1, min(left, MOST_KILLS))):
                self._kill_once(before)
                run = self._new(before)
                if run is not None and run.status == "finished":
                    self.figures.finished_by_victim += 1
                    break
            run = self._new(before)
            if run is not None:
                self._finish(run)
                self.figures.runs += 1
                self.figures.problems += [f"{run.id}: {found}" for found in self._wrong(run.id)]
        return self.figures

    def _new(self, before: set[str]) -> Run | None:
        """The run of this round, once there is one."""
        return next((run for run in self.store.runs() if run.id not in before), None)

    def _kill_once(self, before: set[str]) -> None:
        if not self._victims:
            self._victims = self.draw.sample(VICTIMS, len(VICTIMS))
        victim, moment = self._victims.pop(), self.draw.choice(MOMENTS)
        run = self._new(before)
        if victim == "importing":
            self._kill_while_it_imports(run)
            return
        if victim == "command" and (run is None or run.resumable):
            self._strike(self._command(run), victim, moment, before)
            return
        if run is None:
            self.store.create(self.recipe)
        elif run.resumable:
            self.store.requeue(run.id)
        if victim == "server":
            self._kill_a_server_and_its_worker(moment, before)
        else:
            self._strike(self._worker(), "worker", moment, before)

    def _command(self, run: Run | None) -> Forked:
        what = (str(self.recipe_file),) if run is None else ("--resume", run.id)
        return command(self.home, self.said, "train", *what)

    def _worker(self) -> Forked:
        return command(self.home, self.said, "work", "train", "--device", "cpu", "--with-server")

    def _kill_while_it_imports(self, run: Run | None) -> None:
        what = [str(self.recipe_file)] if run is None else ["--resume", run.id]
        with subprocess.Popen(
            [sys.executable, "-m", "core", "train", *what],
            cwd=PROJECT,
            env=os.environ | {"CONVSCOPE_HOME": str(self.home)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            with suppress(subprocess.TimeoutExpired):
                process.wait(self.draw.uniform(0.0, IMPORT_SECONDS))
            process.kill()
        self.figures.kills["importing", "any"] += 1

    def _kill_a_server_and_its_worker(self, moment: str, before: set[str]) -> None:
        """In this order, or the other one; the second as soon as there is something to hit."""
        dashboard = server(self.home, self.said)
        children = psutil.Process(dashboard.pid).children
        wait_until(children)
        (worker,) = children()
        if self.draw.random() < 0.5:
            self._await("claim", before, worker.pid, lambda: _alive(worker), 0.0)
            dashboard.kill()
            self.figures.kills["server", "claim"] += 1
            delay = self.draw.random()
            if self._await(moment, before, worker.pid, lambda: _alive(worker), delay):
                worker.kill()
                self.figures.kills["orphan", moment] += 1
        else:
            delay = self.draw.uniform(0.0, IMPORT_SECONDS)
            hit = self._await(moment, before, worker.pid, lambda: _alive(worker), delay)
            worker.kill()
            self.figures.kills["its worker", moment] += hit
            dashboard.kill()
        with suppress(psutil.NoSuchProcess):
            worker.wait(LONGEST_WAIT)
        if not dashboard.ended:
            dashboard.input.close()
            dashboard.wait(LONGEST_WAIT)

    def _strike(self, victim: Forked, name: str, moment: str, before: set[str]) -> None:
        delay = self.draw.uniform(0.0, 1.5)
        hit = self._await(moment, before, victim.pid, lambda: not victim.ended, delay)
        victim.kill()
        self.figures.kills[name, moment] += hit

    def _await(
        self, moment: str, before: set[str], victim: int, alive: Callable[[], bool], delay: float
    ) -> bool:
        """Return as soon as the moment of the process `victim` is there; False when it was gone
        before."""
        steps, start = self.draw.randint(1, 100), time.monotonic()
        nudge = start
        with closing(sqlite3.connect(self.home / "runs.sqlite")) as database:
            known = ", ".join(f"'{run_id}'" for run_id in before)
            query = (
                f"SELECT id, status, done_steps FROM runs WHERE id NOT IN ({known}) AND owner = ?"
            )
            while alive() and time.monotonic() < start + LONGEST_WAIT:
                if moment == "any" and time.monotonic() > start + delay:
                    return True
                row = database.execute(query, (process_name(victim),)).fetchone()
                if row is None:
                    continue
                run_id, status, done = row
                there = {
                    "claim": status == "running",
                    "steps": done >= steps,
                    "snapshot": self._writing(run_id, ".state."),
                    "best weights": self._writing(run_id, ".best.safetensors."),
                    "evaluation": self._writing(run_id, ".best.validation-", ".best.test-"),
                    "end": status == "finished",
                }
                if there.get(moment):
                    if moment in ("claim", "evaluation", "end"):
                        time.sleep(self.draw.choice((0.0, 0.0, 0.003, 0.03)))
                    return True
                if moment in ("snapshot", "best weights") and time.monotonic() > nudge:
                    nudge = time.monotonic() + self.draw.uniform(0.05, 0.3)
                    with suppress(ConvscopeError):  # every pause makes a snapshot
                        self.store.request(run_id, None if status == "paused" else "pause")
        return False

    def _writing(self, run_id: str, *beginnings: str) -> bool:
        try:
            names = os.listdir(self.store.files(run_id))  # noqa: PTH208  it has to be quick
        except OSError:
            return False
        return any(name.startswith(beginnings) for name in names)

    def _finish(self, run: Run) -> None:
        """By whatever may go on with it."""
        if run.resumable and self.draw.random() < 0.5:
            resumed = self._command(run)
            assert resumed.wait(LONGEST_WAIT)
            return
        if run.resumable:
            self.store.requeue(run.id)
        if self.store.get(run.id).live:
            worker = self._worker()
            wait_until(lambda: not self.store.get(run.id).live)
            worker.input.close()
            assert worker.wait(LONGEST_WAIT)

    def _wrong(self, run_id: str) -> list[str]:
        """What is not as it is after an unbroken run."""
        store, found = self.store, []
        run = store.get(run_id)
        if run.status != "finished":
            return [f"it is {run.status}: {run.message}"]
        if store.state_path(run_id).exists():
            self.figures.states_left += 1
            RunStore(self.home).purge()  # as every server does at its start
        left = sorted(path.name for path in store.files(run_id).iterdir())
        if left != sorted(path.name for path in store.files(self.unbroken.id).iterdir()):
            found.append(f"its folder holds {left}")
        mine, theirs = (load_file(store.best_path(i)) for i in (run_id, self.unbroken.id))
        if not all(torch.equal(mine[name], theirs[name]) for name in mine.keys() | theirs.keys()):
            found.append("its weights are others")
        if run.accuracies != self.unbroken.accuracies or run.best_epoch != self.unbroken.best_epoch:
            found.append(f"best epoch {run.best_epoch}, {run.accuracies}")
        if not store.metrics.steps(run_id).equals(store.metrics.steps(self.unbroken.id)):
            found.append("its steps are others")
        epochs, unbroken = (store.metrics.epochs(i)[FIGURES] for i in (run_id, self.unbroken.id))
        if epochs.shape != unbroken.shape or not np.allclose(epochs, unbroken, rtol=0, atol=1e-9):
            found.append("its epochs are others")
        if Locks(self.home / "runs").is_taken(run_id):
            found.append("its lock is held")
        with closing(sqlite3.connect(self.home / "runs.sqlite")) as database:
            if database.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                found.append("the store is damaged")
        return found


def _alive(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"  # weights are compared to the bit
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        figures = Kills(Path(folder), RECIPE, options.seed).go(options.count)
        print(figures.table())
        print(f"{time.monotonic() - begun:.0f} seconds")
    sys.exit(bool(figures.problems))


if __name__ == "__main__":
    main()
