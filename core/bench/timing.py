"""How long something takes."""

import time
from collections.abc import Callable

from core.bench.report import Trials


def seconds_of(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def repeated(work: Callable[[], object], repeats: int = 5) -> Trials:
    """The seconds of each time."""
    return Trials([seconds_of(work) for _ in range(repeats)])
