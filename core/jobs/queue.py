"""Background training: one worker thread a device, fed from the store's queue."""

import atexit
import threading
from pathlib import Path

import torch

from core.errors import ConvscopeError
from core.jobs.execute import execute, log
from core.machine import devices
from core.recipe import Recipe
from core.runs.store import RunStore
from core.training import Control

LOOK_SECONDS = 2.0  # between two looks at the queue, for runs that other processes put there
EXIT_SECONDS = 5.0  # for saving a snapshot when the program ends


class Worker(threading.Thread):
    """Trains the store's queued runs on one device, one after another, until closed."""

    def __init__(self, store: RunStore, device: torch.device) -> None:
        super().__init__(name=f"training on {device}", daemon=True)
        self._store, self._device = store, device
        self._wake = threading.Event()
        self._closing = False
        self._control = Control()

    def wake(self) -> None:
        self._wake.set()

    def close(self) -> None:
        """Stop the run under way after its present step; its state is saved by this thread."""
        self._closing = True
        self._control.stop()
        self._wake.set()

    def run(self) -> None:
        while not self._closing:
            if not self._train_next():
                self._wake.wait(LOOK_SECONDS)
                self._wake.clear()

    def _train_next(self) -> bool:
        """Train the next queued run. Returns False when none waits."""
        try:
            run = self._store.claim_next()
        except ConvscopeError:
            log.exception("the queue cannot be read")
            return False
        if run is None:
            return False
        self._control = Control()
        if self._closing:
            self._control.stop()
        for _ in execute(self._store, run, self._control, self._device):
            pass
        return True


class JobQueue:
    """The workers of this process. Progress, pause, resume and stop go through the store."""

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self._workers = [Worker(store, device) for device in devices()]
        for worker in self._workers:
            worker.start()
        atexit.register(self.close)

    def submit(self, recipe: Recipe) -> str:
        """Queue a run and return its id; it starts as soon as a device is free."""
        run_id = self.store.create(recipe)
        self._wake()
        return run_id

    def resume(self, run_id: str) -> None:
        """Let a paused run go on, or put a stopped, interrupted or failed one back in the queue."""
        if self.store.get(run_id).status == "paused":
            self.store.request(run_id, None)
        else:
            self.store.requeue(run_id)
            self._wake()

    def close(self) -> None:
        """Save and end the runs under way, and drop deleted runs for good."""
        atexit.unregister(self.close)
        for worker in self._workers:
            worker.close()
        for worker in self._workers:
            worker.join(EXIT_SECONDS)
        self.store.purge()

    def _wake(self) -> None:
        for worker in self._workers:
            worker.wake()


_queues: dict[Path, JobQueue] = {}
_lock = threading.Lock()


def job_queue(store: RunStore) -> JobQueue:
    """The process's one queue for this store's folder, started at first use."""
    with _lock:
        if store.folder not in _queues:
            _queues[store.folder] = JobQueue(store)
        return _queues[store.folder]
