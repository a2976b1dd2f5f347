"""Waiting for what other threads and processes do."""

from collections.abc import Callable
from time import monotonic, sleep


def wait_until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Return as soon as `condition` holds; fail when it does not in time."""
    limit = monotonic() + seconds
    while not condition():
        assert monotonic() < limit, "what was waited for did not happen"
        sleep(0.02)
