"""Per-step metrics, gathered on the device and read in batches."""

import time

import torch
from torch import Tensor

from core.runs.events import Steps

CAPACITY = 512  # steps
FLUSH_SECONDS = 0.4


class Meter:
    """Holds loss, correct share and gradient norm of each step on the device until read.

    Reading waits for the device, so it is done a few times a second and not every step.
    """

    def __init__(self, device: torch.device) -> None:
        self._rows = torch.zeros(CAPACITY, 3, device=device)
        self._rates: list[float] = []
        self._images = 0
        self._first = 0
        self._opened = time.perf_counter()

    def start(self, step: int) -> None:
        """Forget what was gathered and count time and steps from here."""
        self._rates, self._images, self._first = [], 0, step
        self._opened = time.perf_counter()

    def add(self, loss: Tensor, accuracy: Tensor, norm: Tensor, rate: float, images: int) -> None:
        torch.stack((loss, accuracy, norm), out=self._rows[len(self._rates)])
        self._rates.append(rate)
        self._images += images

    @property
    def due(self) -> bool:
        full = len(self._rates) == CAPACITY
        return full or time.perf_counter() - self._opened >= FLUSH_SECONDS

    def read(self) -> Steps | None:
        """The gathered steps, or None when there are none; gathering starts anew."""
        if not self._rates:
            return None
        loss, accuracy, norm = self._rows[: len(self._rates)].T.tolist()
        seconds = time.perf_counter() - self._opened
        rate = self._images / seconds
        steps = Steps(self._first, loss, accuracy, self._rates, norm, seconds, rate)
        self.start(self._first + len(self._rates))
        return steps
