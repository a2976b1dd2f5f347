"""Random numbers of a corruption or an attack: a function of the seed and of what it is for."""

import torch
from torch import Tensor

from core.randomness import Stream, derive, normal, uniform


class Draws:
    """One draw after the other, each from a key of its own; the same on every device."""

    def __init__(self, device: torch.device, seed: int, stream: Stream, *place: int) -> None:
        self._device, self._seed, self._stream, self._place = device, seed, stream, place
        self._number = 0

    def uniform(self, *shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        """float32, from `low` up to and without `high`."""
        return uniform(self._next(), *shape).mul_(high - low).add_(low)

    def normal(self, *shape: int, mean: float = 0.0, deviation: float = 1.0) -> Tensor:
        return normal(self._next(), *shape).mul_(deviation).add_(mean)

    def _next(self) -> Tensor:
        self._number += 1
        key = derive(self._seed, self._stream, *self._place, self._number)
        return torch.tensor(key, device=self._device)
