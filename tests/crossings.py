"""Two servers and two command lines at once in one home, and see that they never cross each other.

`python -m tests.crossings --count 300 --seed 0`, where the count is of seconds.
"""

import argparse
import json
import os
import random
import re
import signal
import sqlite3
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from core.errors import ConvscopeError
from core.jobs import JobQueue
from core.jobs.worker import worker_name
from core.machine import pick_device
from core.recipe import Recipe
from core.runs.locks import Locks
from core.runs.run import COMES_FROM, Run
from core.runs.store import RunStore
from tests.processes import Forked, command
from tests.waiting import wait_until

MOST_RUNS = 12
PATIENCE = 60.0  # seconds; whoever takes longer is stuck
UNSEEMLY = re.compile(r"sqlite|database|Traceback|Error\b", re.IGNORECASE)

# A witness that knows nothing of locks. Two processes that train one run write steps twice, or
# after others that were taken back when the second one began.
WITNESS = """
CREATE TABLE seen (what TEXT, run TEXT, detail TEXT);
CREATE TRIGGER doubled BEFORE INSERT ON steps
    WHEN EXISTS (SELECT 1 FROM steps WHERE run = new.run AND step = new.step)
    BEGIN INSERT INTO seen VALUES ('a step twice', new.run, new.step); END;
CREATE TRIGGER gap BEFORE INSERT ON steps
    WHEN new.step > 0
        AND NOT EXISTS (SELECT 1 FROM steps WHERE run = new.run AND step = new.step - 1)
    BEGIN INSERT INTO seen VALUES ('a step too early', new.run, new.step); END;
CREATE TRIGGER doubled_epoch BEFORE INSERT ON epochs
    WHEN EXISTS (SELECT 1 FROM epochs WHERE run = new.run AND epoch = new.epoch)
    BEGIN INSERT INTO seen VALUES ('an epoch twice', new.run, new.epoch); END;
CREATE TRIGGER moved AFTER UPDATE OF status ON runs WHEN old.status != new.status
    BEGIN INSERT INTO seen VALUES ('status', new.id, old.status || ' ' || new.status); END;
CREATE TRIGGER said AFTER UPDATE OF message ON runs WHEN old.message != new.message
    BEGIN INSERT INTO seen VALUES ('message', new.id, new.message); END;
"""


def tiny(epochs: int) -> Recipe:
    return Recipe.parse(
        {
            "name": f"crossed {epochs}",
            "epochs": epochs,
            "batch_size": 32,
            "precision": "fp32",
            "data": {"source": "shapes", "images": 200, "validation": 0.2},
            "model": {"family": "convnet", "channels": [4, 8], "depth": 1},
            "optimizer": {"learning_rate": 0.02},
        }
    )


# A server: its operations are those of the pages.


def serve(seconds: float, seed: int, diary: Path) -> None:
    """Once there is a worker, do as pages do for so long, then serve on until the input ends. What
    came of each operation goes to the diary, a line of JSON each: its name, what was said, the
    seconds it took."""
    queue, draw = JobQueue(RunStore()), random.Random(seed)
    queue.prepare()
    wait_until(lambda: _has_worker(queue.store.folder), PATIENCE)
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


def _has_worker(home: Path) -> bool:
    return Locks(home / "workers").is_taken(worker_name("train", str(pick_device())))


def _any(store: RunStore, draw: random.Random, deleted: bool = False) -> str:
    runs = store.runs(deleted)
    return draw.choice(runs).id if runs else "none"


def _submit(queue: JobQueue, draw: random.Random) -> None:
    if queue.store.count() < MOST_RUNS:
        queue.submit(tiny(draw.choice((2, 10, 60, 400))))


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


@dataclass
class Figures:
    """done, refused: operations by who did them and what they were"""

    done: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    moves: Counter[str] = field(default_factory=Counter)
    runs: int = 0
    slowest: float = 0.0
    problems: list[str] = field(default_factory=list)

    def note(self, who: str, name: str, said: str, refused: bool, seconds: float) -> None:
        (self.refused if refused else self.done)[who, name] += 1
        self.slowest = max(self.slowest, seconds)
        if UNSEEMLY.search(said):
            self.problems.append(f"{who}, {name}: {said}")
        if seconds > PATIENCE:
            self.problems.append(f"{who}, {name}: took {seconds:.0f} seconds")

    def table(self) -> str:
        rows = [f"{'':22}{'done':>8}{'refused':>9}"]
        for who, name in sorted(self.done.keys() | self.refused.keys()):
            done, refused = self.done[who, name], self.refused[who, name]
            rows.append(f"{who:8} {name:13}{done:8}{refused:9}")
        rows.append(f"{self.runs} runs; the slowest page's operation took {self.slowest:.1f} s")
        rows += [f"{move:22}{count:8}" for move, count in sorted(self.moves.items())]
        return "\n".join([*rows, f"problems: {len(self.problems)}", *self.problems])


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
        recipe = self._folder / f"{self._draw.choice((2, 10, 60, 400))}.toml"
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


def cross(folder: Path, seconds: float, seed: int) -> Figures:
    """Let them all at one home for so long, then see that everything comes to its end."""
    home, draw, figures = folder / "home", random.Random(seed), Figures()
    store = RunStore(home)
    for epochs in (2, 10, 60, 400):
        (folder / f"{epochs}.toml").write_text(tiny(epochs).to_toml())
    with closing(sqlite3.connect(home / "runs.sqlite")) as database:
        database.executescript(WITNESS)
    diaries = [folder / f"diary-{number}" for number in range(2)]
    servers = [
        Forked(home, folder / f"server-{number}", serve, seconds, draw.random(), diary)
        for number, diary in enumerate(diaries)
    ]
    wait_until(lambda: _has_worker(home), PATIENCE)
    typists = [CommandLine(folder, home, n, seconds, draw.randrange(2**32)) for n in range(2)]
    for typist in typists:
        typist.start()
    _let_go_on(store, typists, seconds)
    for typist in typists:
        told = typist.told()
        figures.done += told.done
        figures.refused += told.refused
        figures.problems += told.problems
    _come_to_an_end(store, servers, figures)
    for number, diary in enumerate(diaries):
        for line in diary.read_text().splitlines():
            name, said, took = json.loads(line)
            figures.note("page", name, said, bool(said), took)
        if UNSEEMLY.search(servers[number].said):
            figures.problems.append(f"server {number} said: {servers[number].said}")
    _ask_the_witness(home, figures)
    return figures


def _let_go_on(store: RunStore, typists: list[CommandLine], seconds: float) -> None:
    """A command whose run was paused waits for whoever unpauses it: after so long, for us."""
    typists[0].join(seconds)
    while typist := next(filter(CommandLine.is_alive, typists), None):
        for run in store.live():
            if run.status == "paused":
                with suppress(ConvscopeError):  # it ended meanwhile
                    store.request(run.id, None)
        typist.join(0.5)


def _come_to_an_end(store: RunStore, servers: list[Forked], figures: Figures) -> None:
    """Stop every run, train a last one, end the servers, delete all."""

    def stopped() -> bool:
        for run in store.live():
            with suppress(ConvscopeError):  # it ended meanwhile
                store.request(run.id, "stop")
        return not store.live()

    def stuck(what: str, condition: Callable[[], object]) -> None:
        try:
            wait_until(condition, PATIENCE)
        except AssertionError:
            figures.problems.append(f"stuck: {what}; {[_state(run) for run in store.live()]}")

    stuck("not every run stopped", stopped)
    last = store.create(tiny(2))
    stuck("the queue stands still", lambda: store.get(last).status == "finished")
    for process in servers:
        process.input.close()
        if not process.wait(2 * PATIENCE):
            figures.problems.append("a server did not end")
            process.kill()
    stuck("a worker is left over", lambda: not _workers(store.folder))
    runs = [*store.runs(), *store.runs(deleted=True)]
    figures.runs = len(runs)
    for run in runs:
        try:
            store.delete(run.id)
        except ConvscopeError as error:
            figures.problems.append(f"it cannot be deleted: {error}")
    store.purge()
    left = [path.name for path in (store.folder / "runs").iterdir() if path.suffix != ".lock"]
    if left or store.count() or store.runs(deleted=True):
        figures.problems.append(f"left after the purge: {store.count()} rows, {left}")


def _state(run: Run) -> str:
    return f"{run.id} {run.status} ({run.message}), by {run.owner}"


def _workers(home: Path) -> list[int]:
    """The worker processes that serve a home."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if "work" in process.cmdline() and process.environ().get("CONVSCOPE_HOME") == str(home):
                found.append(process.pid)
    return found


def _ask_the_witness(home: Path, figures: Figures) -> None:
    with closing(sqlite3.connect(home / "runs.sqlite")) as database:
        for what, run, detail in database.execute("SELECT what, run, detail FROM seen"):
            if what == "status":
                figures.moves[detail.replace(" ", " -> ")] += 1
            elif what != "message":
                figures.problems.append(f"{run}: {what} ({detail})")
            elif UNSEEMLY.search(detail):
                figures.problems.append(f"{run}: {detail}")
        if database.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            figures.problems.append("the store is damaged")
    allowed = {f"{start} -> {end}" for end, starts in COMES_FROM.items() for start in starts}
    figures.problems += [f"no status leads so: {move}" for move in figures.moves.keys() - allowed]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=float, default=300.0, help="seconds")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        figures = cross(Path(folder), options.count, options.seed)
        print(figures.table())
    sys.exit(bool(figures.problems))


if __name__ == "__main__":
    main()
