"""What a training run leaves behind, written in order; what the disk won't take now is kept."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from core.errors import StorageError
from core.runs.store import RunStore

PATIENCE = 0.5  # seconds that training waits for another program's transaction
AGAIN_SECONDS = 5.0  # between two tries
MOST = 1000  # records kept; about seven minutes of training
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Record:
    write: Callable[[], None]
    latest: str  # of several records with this name, only the last one counts; "" for all others


class Recorder:
    """Writes records, each whole and in the order in which they came.

    A full disk, a read-only one or a store that is kept locked makes them wait in memory, while
    training goes on; they are tried again every few seconds. A snapshot is thus never on disk
    before the metrics of the steps that led to it.

    trouble: why nothing can be written at present, in a sentence; else empty
    """

    def __init__(self, store: RunStore, run_id: str) -> None:
        self._store, self._run_id = store, run_id
        self._waiting: list[_Record] = []
        self._next_try = self._since = 0.0
        self.trouble = ""

    @property
    def full(self) -> bool:
        """Whether as much waits as may be kept."""
        return len(self._waiting) >= MOST

    def put(self, write: Callable[[], None], latest: str = "") -> None:
        """Write a record, or keep it. Raises what `write` does, but for StorageError."""
        if latest:
            self._waiting = [record for record in self._waiting if record.latest != latest]
        self._waiting.append(_Record(write, latest))
        if time.monotonic() >= self._next_try:
            self.flush()

    def flush(self) -> bool:
        """Try to write what waits. False when some of it still has to."""
        try:
            with self._store.patience(PATIENCE):
                while self._waiting:
                    self._write_first()
                if self.trouble:
                    self._tell_recovery()
        except StorageError as error:
            if not self.trouble:
                self._since = time.monotonic()
                log.warning("run %s: %s", self._run_id, error)
            self.trouble = str(error)
            self._next_try = time.monotonic() + AGAIN_SECONDS
            return False
        self.trouble, self._next_try = "", 0.0
        return True

    def _write_first(self) -> None:
        record = self._waiting.pop(0)
        try:
            record.write()
        except StorageError:
            self._waiting.insert(0, record)
            raise

    def _tell_recovery(self) -> None:
        seconds = time.monotonic() - self._since
        self._store.log(
            self._run_id,
            f"For {seconds:.0f} seconds nothing could be stored; now all of it is. {self.trouble}",
        )
