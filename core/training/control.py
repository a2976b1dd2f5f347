"""How another thread steers a training run."""

import time

LOOK_SECONDS = 0.05  # between two looks of a paused run


class Control:
    """Pause, resume and stop, honoured between two steps. A stop is never taken back.

    Safe to call from any thread, and from a signal's handler: that interrupts its own thread
    anywhere, so what it calls must not wait for a lock that this thread may hold, as that of a
    `threading.Event`.
    """

    def __init__(self) -> None:
        self._pausing = self._stopping = False

    def pause(self) -> None:
        self._pausing = True

    def resume(self) -> None:
        self._pausing = False

    def stop(self) -> None:
        self._stopping = True

    @property
    def paused(self) -> bool:
        return self._pausing and not self._stopping

    @property
    def stopping(self) -> bool:
        return self._stopping

    def wait(self) -> None:
        """Block while paused."""
        while self.paused:
            time.sleep(LOOK_SECONDS)
