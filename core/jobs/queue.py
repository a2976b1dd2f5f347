"""The server's side of background work: a thread for each worker that keeps its process alive."""

import atexit
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import torch

from core.errors import ConvscopeError, StorageError
from core.files import PROJECT
from core.jobs.worker import TROUBLE_SECONDS, Role, worker_name
from core.jobs.works import Work
from core.machine import devices, pick_device
from core.recipe import Recipe
from core.runs.locks import Locks
from core.runs.run import process_name
from core.runs.store import RunStore

ON = "CONVSCOPE_ON"
LOOK_SECONDS = 0.3  # between two looks at the worker and at what waits
READY_SECONDS = 60.0  # that a worker is kept ready after somebody may soon want it
MANY_FAILURES = 3  # in a row, after which those who wait are told
LONGEST_PAUSE = 60.0  # seconds before a worker is tried again that cannot begin
EXIT_SECONDS = 0.7  # to see workers end; they save what they have also without being watched
log = logging.getLogger(__name__)


class _Keeper(threading.Thread):
    """Keeps one worker process alive while there is work for it.

    Where another server's worker has the device, also one that outlived its server, that one works
    on; this thread only looks whether it is still there.
    """

    def __init__(
        self, store: RunStore, role: Role, place: torch.device | str, waiting: Callable[[], bool]
    ) -> None:
        """place: a device of this machine, or a cluster, as it stands behind --on"""
        super().__init__(name=f"keeper of {worker_name(role, place)}", daemon=True)
        self._store, self._place, self._waiting = store, place, waiting
        self._role: Role = role
        self._locks = Locks(store.folder / "workers")
        self._process: subprocess.Popen[bytes] | None = None
        self._look, self._closing = threading.Event(), False
        self._wanted_until = self._not_before = 0.0
        self._failures = 0

    def prepare(self) -> None:
        """Have a worker ready: importing torch takes seconds."""
        self._wanted_until = time.monotonic() + READY_SECONDS
        self._look.set()

    def run(self) -> None:
        while not self._closing:
            pause = LOOK_SECONDS
            try:
                self._keep()
            except (ConvscopeError, OSError) as error:
                log.warning("%s: %s", self.name, error)
                pause = TROUBLE_SECONDS
            self._look.wait(pause)
            self._look.clear()
        self._end_worker()  # which may have been begun just as this was closed

    def close(self) -> None:
        """Let the worker save what it has and end."""
        self._closing = True
        self._look.set()
        self._end_worker()
        if self._process is None and self._is_served():
            log.warning(
                "%s: another worker, not of this server, goes on with what it has. "
                "`python -m core runs stop RUN` ends a run.",
                self.name,
            )

    def _end_worker(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            _let_go(self._process)

    def wait(self, seconds: float) -> None:
        """For this thread and its worker to end, at most so long."""
        self.join(max(0.0, seconds))
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(max(0.0, seconds))

    def _keep(self) -> None:
        if self._process is not None and self._process.poll() is not None:
            ended, self._process = self._process, None
            self._bury(ended)
        if self._process is None and self._wanted() and not self._closing:
            self._process = self._start()

    def _wanted(self) -> bool:
        now = time.monotonic()
        if now < self._not_before or self._is_served():
            return False
        return now < self._wanted_until or self._waiting()

    def _is_served(self) -> bool:
        """Whether a worker has the device."""
        return self._locks.is_taken(worker_name(self._role, self._place))

    def _start(self) -> "subprocess.Popen[bytes]":
        """A worker in a session of its own, so that Ctrl-C reaches it through this thread alone."""
        option = "--on" if isinstance(self._place, str) else "--device"
        command = (*(sys.executable, "-P", "-m", "core", "work"), self._role)
        path = os.pathsep.join(filter(None, (str(PROJECT), os.environ.get("PYTHONPATH"))))
        return subprocess.Popen(
            [*command, option, str(self._place), "--with-server"],
            env=os.environ | {"CONVSCOPE_HOME": str(self._store.folder), "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _bury(self, process: "subprocess.Popen[bytes]") -> None:
        """Say what became of a worker, and wait longer each time before one that died is followed
        by another."""
        _let_go(process)
        if process.returncode == 0:
            self._failures = 0
            return
        log.warning("%s: its worker ended with %s", self.name, process.returncode)
        self._failures += 1
        pause = min(2.0**self._failures, LONGEST_PAUSE)
        self._not_before = time.monotonic() + pause
        cause = _cause(process.returncode)
        self._store.interrupt(
            process_name(process.pid),
            f"The worker process {cause}. Resume the run to go on from its last snapshot.",
        )
        if self._failures >= MANY_FAILURES:
            self._tell_waiting(
                f"{self._failures} worker processes in a row have ended too soon; the last one "
                f"{cause}. The server's terminal says more. The next one is tried in "
                f"{pause:.0f} seconds."
            )

    def _tell_waiting(self, why: str) -> None:
        match self._role:
            case "train":
                kind = None if isinstance(self._place, str) else self._place.type
                self._store.tell_waiting(kind, why)
            case "compute":
                self._store.tasks.tell_waiting(why)
            case "study":
                self._store.studies.tell_waiting(why)


def _let_go(worker: "subprocess.Popen[bytes]") -> None:
    """By its input's end a worker knows that nobody needs it after what it is doing."""
    assert worker.stdin is not None
    worker.stdin.close()


def _cause(code: int) -> str:
    """What became of a process, to go on after its name."""
    if code == -signal.SIGKILL:
        return "was killed, often because the machine ran out of memory"
    if code < 0:
        return f"crashed ({signal.strsignal(-code) or f'signal {-code}'})"
    return f"ended with error {code}"


class JobQueue:
    """The workers of this process. Progress, pause, resume and stop go through the store.

    on: the cluster that all runs of this process train on, as it stands behind --on; empty for the
    devices of this machine
    """

    def __init__(self, store: RunStore) -> None:
        self.store, self.on = store, os.environ.get(ON, "").strip()
        store.purge()
        if self.on:
            self._trainers = [_Keeper(store, "train", self.on, store.waiting)]
        else:
            self._trainers = [
                _Keeper(store, "train", device, lambda kind=device.type: store.waiting(kind))
                for device in devices()
            ]
        self._computer = _Keeper(store, "compute", pick_device(), store.tasks.waiting)
        driven_on = self.on or torch.device("cpu")
        self._driver = _Keeper(store, "study", driven_on, store.studies.waiting)
        for keeper in self._keepers:
            keeper.start()
        atexit.register(self.close)

    @property
    def _keepers(self) -> list[_Keeper]:
        return [*self._trainers, self._computer, self._driver]

    def prepare(self) -> None:
        """Somebody may soon want to train: have workers ready."""
        for keeper in self._trainers:
            keeper.prepare()

    def submit(self, recipe: Recipe) -> str:
        """Queue a run and return its id; it starts as soon as there is room for it."""
        run_id = self.store.create(recipe)
        self.prepare()
        return run_id

    def resume(self, run_id: str) -> None:
        """Let a paused run go on, or put a stopped, interrupted or failed one back in the queue.

        Raises ConvscopeError where it began on a kind of device that is not here.
        """
        run = self.store.get(run_id)
        kinds = {device.type for device in devices()}
        if run.device and run.device not in kinds and not self.on:
            raise ConvscopeError(
                f"'{run.name}' trains on {run.device}, which this machine has not. Resume it where "
                "it began, or train its recipe anew."
            )
        if run.status == "paused" or (run.live and self.store.requested(run_id) == "pause"):
            self.store.request(run_id, None)
        else:
            self.store.requeue(run_id)
            self.prepare()

    def ask(self, work: Work) -> None:
        """Have something computed that takes longer than a page can wait; once, however often it
        is asked for."""
        self.store.tasks.ask(work.key, work.model_dump(mode="json", by_alias=True))

    def close(self, patience: float = EXIT_SECONDS) -> None:
        """Have the runs under way saved and ended, watching that for `patience` seconds, and drop
        for good what was deleted here."""
        atexit.unregister(self.close)
        limit = time.monotonic() + patience
        for keeper in self._keepers:
            keeper.close()
        for keeper in self._keepers:
            keeper.wait(limit - time.monotonic())
        with suppress(StorageError), self.store.patience(EXIT_SECONDS):  # the next server does it
            self.store.purge()


_queues: dict[Path, JobQueue] = {}
_lock = threading.Lock()


def job_queue(store: RunStore) -> JobQueue:
    """The process's one queue for this store's folder, started at first use."""
    with _lock:
        if store.folder not in _queues:
            _queues[store.folder] = JobQueue(store)
        return _queues[store.folder]


def close_queues() -> None:
    """Close those of this process, as its end would: one that a signal brings about may skip it."""
    with _lock:
        while _queues:
            _queues.popitem()[1].close()
