"""How much memory something takes at most, asked in a process of its own."""

import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from tests.processes import FORKS

MB = 10**6


def megabytes_taken(function: Callable[..., None], *arguments: object) -> float:
    """What `function`, of a module, takes at most beyond what was there before it."""
    reading, writing = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=_measure, args=(writing, function, arguments))
    process.start()
    writing.close()
    process.join()
    assert process.exitcode == 0, "it failed, as told above"
    return reading.recv() / MB


def _measure(writing: Connection, function: Callable[..., None], arguments: tuple) -> None:
    before = _peak()
    function(*arguments)
    writing.send(_peak() - before)


def _peak() -> int:
    """The most bytes of memory that this process has had so far."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
