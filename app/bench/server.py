"""The app of some checkout of the project, in a server of its own."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from core.errors import ConvscopeError
from core.files import PROJECT

PATIENCE = 600.0  # seconds until something is given up that should happen much sooner
END_SECONDS = 10.0  # for workers to save and end after their server
WAIT = 0.2  # seconds between two looks


class Memory(NamedTuple):
    """Resident MB; pages that processes share count in each of them."""

    server: float
    workers: float


class Cores(NamedTuple):
    """How many are busy, on average, with the server and with the browser."""

    server: float
    browser: float


@dataclass(frozen=True)
class Server:
    """home: the folder of its runs"""

    address: str
    home: Path
    process: "subprocess.Popen[bytes]"

    def answers(self) -> bool:
        """Raises ConvscopeError when it has ended."""
        if self.process.poll() is not None:
            raise ConvscopeError("The app did not start; what it printed says why.")
        try:
            with urllib.request.urlopen(f"{self.address}/_stcore/health") as answer:
                return answer.status == 200
        except OSError:
            return False

    def value(self, query: str, *values: object) -> Any:
        """What is in the first row and column, by plain SQL: stores differ by version."""
        address = f"file:{self.home / 'runs.sqlite'}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as database:
            row = database.execute(query, values).fetchone()
        return row and row[0]

    def memory(self) -> Memory:
        workers = sum(worker.memory_info().rss for worker in self.workers())
        return Memory(psutil.Process(self.process.pid).memory_info().rss / 1e6, workers / 1e6)

    def cpu_seconds(self) -> float:
        """That its own process, without workers, has used."""
        times = psutil.Process(self.process.pid).cpu_times()
        return times.user + times.system

    def workers(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@contextmanager
def serving(home: Path, project: Path = PROJECT) -> Iterator[Server]:
    """The app of the checkout `project` on a free port, until all of its processes have ended."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", str(project / "app" / "Home.py")]
    options = ["--server.headless=true", f"--server.port={port}"]
    process = subprocess.Popen(
        [*command, *options],
        cwd=project,
        env=os.environ | {"CONVSCOPE_HOME": str(home)},
        stdout=subprocess.DEVNULL,
    )
    server = Server(address, home, process)
    try:
        wait_until(server.answers, "the server's first answer")
        yield server
    finally:
        workers = server.workers() if process.poll() is None else []
        process.terminate()
        process.wait()
        _, left = psutil.wait_procs(workers, END_SECONDS)
        for worker in left:
            worker.kill()


def wait_until(condition: Callable[[], object], what: str, every: float = WAIT) -> None:
    """Look every so many seconds. Raises ConvscopeError when `what` is waited for in vain."""
    limit = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > limit:
            raise ConvscopeError(f"Waited {PATIENCE:.0f} seconds in vain for {what}.")
        time.sleep(every)
