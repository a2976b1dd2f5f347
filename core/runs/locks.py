"""Who is at work on something: locks of the operating system's, which end with their process.

They hold between processes, containers and hosts that share the folder, and neither a clock nor a
process number can be wrong about them.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from core.errors import StorageError
from core.files import write_failure

PATIENCE = 0.5  # seconds; whoever only looks at a lock holds it for less than a millisecond
LOOK_SECONDS = 0.02  # in which another one's look is over
_looking = threading.Lock()


class Locks:
    """Locks by name, each a file in `folder`, and those that this process holds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, FileLock] = {}

    def take(self, name: str) -> bool:
        """Hold the lock until `release`, or until this process ends; False when another has it.

        Raises StorageError when the folder cannot be written.
        """
        lock = self._lock(name)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=PATIENCE, poll_interval=0.01)
        except Timeout:
            return False
        except OSError as error:
            raise StorageError(write_failure(self._path(name), error)) from error
        self._held[name] = lock
        return True

    def release(self, name: str) -> None:
        """Let go of a lock, if this object holds it."""
        if lock := self._held.pop(name, None):
            lock.release()

    @contextmanager
    def holding(self, name: str) -> Iterator[bool]:
        """Within it nobody else takes the lock; False where somebody has it."""
        taken = self.take(name)
        try:
            yield taken
        finally:
            if taken:
                self.release(name)

    def is_taken(self, name: str) -> bool:
        """Whether somebody holds the lock now. Where this process may not write, it cannot know,
        and somebody may."""
        if name in self._held:
            return True
        if not self._path(name).exists():
            return False
        lock = self._lock(name)
        with _looking:
            try:
                lock.acquire(timeout=LOOK_SECONDS, poll_interval=0.002)
            except (Timeout, OSError):
                return True
            lock.release()
        return False

    def remove(self, name: str) -> None:
        """Delete the file of a lock that nobody will want again."""
        self._path(name).unlink(missing_ok=True)

    def _lock(self, name: str) -> FileLock:
        return FileLock(self._path(name), thread_local=False)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.lock"
