"""How much memory decoding may take in all threads together."""

import ctypes
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Allowance:
    """So many bytes for whoever asks: large pictures wait for one another, small ones for none."""

    def __init__(self, total: int, small: int) -> None:
        """`small`: bytes that are not worth waiting for."""
        self._total, self._small = total, small
        self._free = total
        self._changed = threading.Condition()

    @contextmanager
    def take(self, wanted: int) -> Iterator[None]:
        """Hold `wanted` bytes; whoever wants more than there are in all has them to himself."""
        if wanted <= self._small:
            yield
            return
        wanted = min(wanted, self._total)
        with self._changed:
            self._changed.wait_for(lambda: self._free >= wanted)
            self._free -= wanted
        try:
            yield
        finally:
            _give_back()
            with self._changed:
                self._free += wanted
                self._changed.notify_all()


def _give_back() -> None:
    """Have glibc return what is free to the system: it keeps that for each thread, unseen by the
    others, and in the end all threads together would hold a large picture each."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
