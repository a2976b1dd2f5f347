"""What another machine does for a run: its arithmetic, telling what happens in parcels."""

import logging
import os
import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from core.data.dataset import Dataset
from core.errors import ConvscopeError
from core.jobs.trainer import Measured, OnDevice, unforeseen
from core.machine import pick_device
from core.process import prepare_for_training
from core.recipe import Recipe
from core.runs.run import Request
from core.training import Control, TrainingState, events

POST_SECONDS = 0.5  # between two parcels
WAIT_SECONDS = 0.3  # of one that pauses, or whose parcels nobody takes
ALONE_SECONDS = 600.0  # without anybody who takes parcels, after which it ends
ENDS = (events.Finished, events.Stopped, events.Diverged)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Failure:
    """Why it cannot be trained, in a sentence."""

    sentence: str


Told = events.Event | Measured | Failure
Post = Callable[[bytes], tuple[Request | None, bool]]
"""Hands a parcel over, and hears what is asked of the run and whether parcels pile up."""


@dataclass(frozen=True)
class Work:
    """All that a run's training depends on, but for its pictures.

    threads: that it computes with on a processor; gpu: whether it has one, or a share of it
    """

    recipe: Recipe
    state: TrainingState | None = field(repr=False)
    start: dict[str, Tensor] | None = field(repr=False)
    threads: int
    gpu: bool


def opened(parcel: bytes) -> list[Told]:
    """What a task of our own has packed; it comes from the same cluster that runs our code."""
    return pickle.loads(parcel)


def carry_out(work: Work, load: Callable[[], Dataset], post: Post) -> None:
    """Train, and tell all of it; whatever fails is told, too."""
    os.environ["OMP_NUM_THREADS"] = str(work.threads)  # kept to, whatever else the machine does
    torch.set_num_threads(work.threads)
    prepare_for_training()
    control = Control()
    outbox = _Outbox(post, control)
    device = pick_device() if work.gpu else torch.device("cpu")
    try:
        told = OnDevice(device).train(
            work.recipe, load(), control, work.state, work.start, lambda _: None
        )
        for each in told:
            outbox.put(each)
    except ConvscopeError as error:
        outbox.put(Failure(str(error)))
    except Exception as error:
        log.exception("a run failed")
        outbox.put(Failure(unforeseen(error)))
    if device.type == "cuda":
        torch.cuda.empty_cache()  # others may share it


class _Outbox:
    """Gathers what is told for half a second, and does what is asked in return."""

    def __init__(self, post: Post, control: Control) -> None:
        self._post, self._control = post, control
        self._waiting: list[Told] = []
        self._next = 0.0

    def put(self, told: Told) -> None:
        if isinstance(told, events.Snapshot):  # the latest will do
            self._waiting = [one for one in self._waiting if not isinstance(one, events.Snapshot)]
        self._waiting.append(told)
        if isinstance(told, (*ENDS, Failure, events.Paused)) or time.monotonic() >= self._next:
            self._send()
        while self._control.paused and isinstance(told, events.Paused):
            time.sleep(WAIT_SECONDS)
            self._send()

    def _send(self) -> None:
        parcel, self._waiting = pickle.dumps(self._waiting, pickle.HIGHEST_PROTOCOL), []
        asked, full = self._post(parcel)
        limit = time.monotonic() + ALONE_SECONDS
        while full:
            if time.monotonic() > limit:
                raise SystemExit("Nobody takes what this run tells; its driver has ended.")
            time.sleep(WAIT_SECONDS)
            asked, full = self._post(b"")
        self._next = time.monotonic() + POST_SECONDS
        match asked:
            case "stop":
                self._control.stop()
            case "pause":
                self._control.pause()
            case None:
                self._control.resume()
