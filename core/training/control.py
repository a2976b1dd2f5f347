"""How another thread steers a training run."""

import threading


class Control:
    """Pause, resume and stop, honoured between two steps. Safe to call from any thread."""

    def __init__(self) -> None:
        self._may_run = threading.Event()
        self._may_run.set()
        self._stop = threading.Event()

    def pause(self) -> None:
        self._may_run.clear()

    def resume(self) -> None:
        self._may_run.set()

    def stop(self) -> None:
        self._stop.set()
        self._may_run.set()

    @property
    def paused(self) -> bool:
        return not self._may_run.is_set()

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def wait(self) -> None:
        """Block while paused."""
        self._may_run.wait()
