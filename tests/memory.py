"""How much memory something takes at most, asked in a process of its own."""

import resource
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from tests.processes import FORKS

MB = 10**6
STATUS = Path("/proc/self/status")


def megabytes_taken(function: Callable[..., object], *arguments: object) -> float:
    """What `function`, of a module, takes at most beyond what was there before it."""
    reading, writing = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=_measure, args=(writing, function, arguments))
    process.start()
    writing.close()
    process.join()
    assert process.exitcode == 0, "it failed, as told above"
    return reading.recv() / MB


def peak_memory() -> int:
    """The most bytes of memory that this process has had, so far or since `forget_peak`."""
    if STATUS.exists():
        return _status("VmHWM")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def forget_peak() -> None:
    """Let `peak_memory` begin anew with what this process has now, where the system (Linux) can."""
    if STATUS.exists():
        Path("/proc/self/clear_refs").write_text("5")


def limit_growth(size: int) -> None:
    """Refuse this process more bytes of memory than that beyond what it has now (on Linux)."""
    if STATUS.exists():
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (_status("VmData") + size, hard))


def _status(field: str) -> int:
    (line,) = [line for line in STATUS.read_text().splitlines() if line.startswith(field)]
    return int(line.split()[1]) * 1024


def _measure(writing: Connection, function: Callable[..., object], arguments: tuple) -> None:
    forget_peak()
    before = peak_memory()
    function(*arguments)
    writing.send(peak_memory() - before)
