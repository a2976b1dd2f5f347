"""Two servers and two command lines let at one home, until everything has come to its end."""

import json
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from core.errors import ConvscopeError
from core.runs.run import Run
from core.runs.store import RunStore
from tests.crossings.figures import PATIENCE, UNSEEMLY, Figures, ask_the_witness, call_the_witness
from tests.crossings.people import EPOCHS, CommandLine, has_worker, serve, tiny
from tests.processes import Forked
from tests.waiting import wait_until


def cross(folder: Path, seconds: float, seed: int) -> Figures:
    """Let them all at one home for so long, then see that everything comes to its end."""
    home, draw, figures = folder / "home", random.Random(seed), Figures()
    store = RunStore(home)
    for epochs in EPOCHS:
        (folder / f"{epochs}.toml").write_text(tiny(epochs).to_toml())
    call_the_witness(home)
    diaries = [folder / f"diary-{number}" for number in range(2)]
    servers = [
        Forked(home, folder / f"server-{number}", serve, seconds, draw.random(), diary)
        for number, diary in enumerate(diaries)
    ]
    wait_until(lambda: has_worker(home), PATIENCE)
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
    ask_the_witness(home, figures)
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
