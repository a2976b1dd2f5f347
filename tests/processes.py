"""Processes with torch already in them: commands, workers and servers that begin in no time.

They are forked from one that has imported everything and done nothing yet, and run the code of the
command line as it is.
"""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path

FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(
    ["core.cli.following", "core.cli.runs", "core.jobs", "scipy.stats", "torch._dynamo"]
)


class Forked:
    """A process that calls `function` in a home; `input`: what it reads, which ends with `close`,
    at the latest with this process. Its output goes to the file `said`."""

    def __init__(
        self, home: Path, said: Path, function: Callable[..., None], *arguments: object
    ) -> None:
        reading, self.input = FORKS.Pipe(duplex=False)
        self._process: ForkServerProcess = FORKS.Process(
            target=_begin, args=(home, said, reading, function, arguments)
        )
        self._process.start()
        reading.close()
        self._said = said

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def ended(self) -> bool:
        return self._process.exitcode is not None

    @property
    def code(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        return self._process.exitcode

    @property
    def said(self) -> str:
        return self._said.read_text() if self._said.exists() else ""

    def send(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        """As the system does when memory runs out; waits for the end."""
        self.send(signal.SIGKILL)
        self.wait(60)

    def wait(self, seconds: float) -> bool:
        """Whether it ended in time."""
        if not wait([self._process.sentinel], seconds):
            return False
        self._process.join()
        self.input.close()
        return True


def command(home: Path, said: Path, *arguments: str) -> Forked:
    """`python -m core ...`"""
    return Forked(home, said, run_command, *arguments)


def run_command(*arguments: str) -> None:
    """What such a process does."""
    from core.cli import main

    sys.argv = ["core", *arguments]
    main()


def server(home: Path, said: Path) -> Forked:
    """A process with a queue, as the dashboard's is; it closes the queue at its input's end."""
    return Forked(home, said, _serve)


def _serve() -> None:
    from core.jobs import JobQueue
    from core.runs.store import RunStore

    queue = JobQueue(RunStore())
    queue.prepare()
    sys.stdin.read()
    queue.close(patience=60.0)


def _begin(
    home: Path,
    said: Path,
    reading: Connection,
    function: Callable[..., None],
    arguments: tuple[object, ...],
) -> None:
    os.environ["CONVSCOPE_HOME"] = str(home)
    with said.open("ab", buffering=0) as output:
        for number in (1, 2):
            os.dup2(output.fileno(), number)
    os.dup2(reading.fileno(), 0)
    reading.close()
    sys.stdin = open(0, closefd=False)  # noqa: SIM115  multiprocessing has closed it
    function(*arguments)
