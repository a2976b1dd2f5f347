"""Where trials run: here, in the worker processes of the queue, or on a cluster."""

from contextlib import suppress
from typing import Protocol

from core.errors import ConvscopeError
from core.machine import devices
from core.runs.store import RunStore


class Place(Protocol):
    """Trains runs that stand in the store; what becomes of them is read there.

    slots: how many it trains at once
    """

    slots: int

    def submit(self, run_id: str) -> None:
        """Have a run trained that waits in the store, or that broke off."""
        ...

    def cancel(self, run_id: str) -> None:
        """Have a run saved and stopped, if it is not through already."""
        ...

    def poll(self) -> None:
        """Bring the store up to date with what has become of those submitted."""
        ...


class Here:
    """The worker processes of this machine's queue, one a device: they take what waits in the
    store, and tell it all that they do."""

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self.slots = len(devices())

    def submit(self, run_id: str) -> None:
        if self._store.get(run_id).resumable:
            self._store.requeue(run_id)

    def cancel(self, run_id: str) -> None:
        with suppress(ConvscopeError):  # it has just ended
            self._store.request(run_id, "stop")

    def poll(self) -> None:
        """The store is up to date."""
