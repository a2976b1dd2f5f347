"""A worker process: does what waits in the store, one thing after another, on one device."""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Literal

import psutil
import torch

from core.data import load_dataset
from core.errors import ConvscopeError
from core.jobs.compute import compute
from core.jobs.execute import execute
from core.recipe import FIRST_PRESET, presets
from core.runs.store import RunStore
from core.training import Control

Role = Literal["train", "compute", "study"]
LOOK_SECONDS = 0.2  # between two looks at the queue
TROUBLE_SECONDS = 2.0  # before the next look at a store that could not be read or written
IDLE_SECONDS = 300.0  # without work, after which a worker ends
# Of what pages wait for, so that training keeps its share of the cores.
NICENESS = psutil.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32" else 10
log = logging.getLogger(__name__)


def worker_name(role: Role, place: torch.device | str) -> str:
    """The lock that a worker holds: on a store at most one for a device and role, and one for a
    role on a cluster, whichever."""
    return f"{role}-cluster" if isinstance(place, str) else f"{role}-{place}".replace(":", "-")


class Worker:
    """Does what waits, by `take`: it does one piece of it, until the control stops it, and says
    whether there was any.

    The first SIGTERM or SIGINT saves what is under way and ends the worker. One that serves a
    server ends when that does, but, unless it `leaves`, not before it finished what it has.
    """

    def __init__(self, take: Callable[[Control], bool], leaves: bool = False) -> None:
        self._take, self._leaves = take, leaves
        self._control = Control()
        self._asked = self._ending = False  # no Event: a signal's handler must not wait for a lock

    def work(self) -> None:
        """Until asked to end, or idle for a while."""
        idle_since = time.monotonic()
        while not self._ending and time.monotonic() - idle_since < IDLE_SECONDS:
            pause = LOOK_SECONDS
            try:
                if self._take(self._steered()):
                    idle_since, pause = time.monotonic(), 0.0
            except ConvscopeError as error:
                log.warning("%s", error)
                pause = TROUBLE_SECONDS
            time.sleep(pause)

    def end_on_signals(self) -> None:
        """Only the main thread may ask for that."""
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, self._end)

    def end_with_server(self) -> None:
        """The server holds the other end of standard input, and whatever ends it closes that."""

        def wait() -> None:
            while os.read(sys.stdin.fileno(), 1):  # no lock of Python's is held meanwhile, which
                pass  # would abort a process that ends for another reason
            self._ending = True
            if self._leaves:
                self._control.stop()

        threading.Thread(target=wait, daemon=True).start()

    def _end(self, _signal: int, _frame: FrameType | None) -> None:
        self._asked = self._ending = True
        self._control.stop()

    def _steered(self) -> Control:
        """What stops the work just taken, at once where this worker was asked to end meanwhile."""
        self._control = Control()
        if self._asked or (self._leaves and self._ending):
            self._control.stop()
        return self._control


def get_ready(store: RunStore) -> None:
    """What the first run would wait for: what torch imports for shapes without values, and, where
    nothing was trained yet, the pictures that the first button asks for."""
    import_module("torch._dynamo")
    if store.newest() is None:
        load_dataset(presets()[FIRST_PRESET].data)


def train_next(store: RunStore, device: torch.device, control: Control) -> bool:
    """Train the run whose turn it is."""
    run = store.claim_next(device.type)
    if run is None:
        return False
    for _ in execute(store, run, control, device):
        pass
    if device.type == "cuda":
        torch.cuda.empty_cache()  # other programs, this one's pages too, may want the memory
    return True


def compute_next(store: RunStore, device: torch.device, control: Control) -> bool:
    """Compute what a page waits for."""
    task = store.tasks.claim_next()
    if task is None:
        return False
    compute(store.tasks, task, device, control)
    return True


def give_way() -> None:
    """Let whatever else this machine does go first. Linux may weigh a session as a whole, and then
    a process's niceness counts only within its session: the worker's own, where a server began it.
    A terminal's, which others are in, stays what it is."""
    psutil.Process().nice(NICENESS)
    if hasattr(os, "getsid") and os.getsid(0) == os.getpid():
        with suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(NICENESS))
