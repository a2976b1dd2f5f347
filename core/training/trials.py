"""The speeds tried on this machine, kept for as long as they tell what to expect."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from core.recipe import Recipe
from core.training.speed import Speed, as_tried

KEPT_SECONDS = 3600.0  # machines get busy, and idle again


@dataclass(frozen=True)
class Trial:
    """at: seconds since 1970; crowded: a run was in training meanwhile, and took its part"""

    speed: Speed
    at: float
    crowded: bool


class SpeedTrials:
    """Tries a recipe's speed where none that is as fast was tried before.

    A run that is queued waits until it has the machine to itself, so a trial beside another run
    counts only while that one trains, and only where there is none from before. For any number of
    threads: one tries at a time, as two would slow each other down.
    """

    def __init__(
        self, measure: Callable[[Recipe], Speed], now: Callable[[], float] = time.time
    ) -> None:
        self._measure = measure
        self._now = now
        self._lock = Lock()
        self._kept: dict[Recipe, Trial] = {}

    def of(self, recipe: Recipe, crowded: bool) -> Trial:
        """The trial that holds for `recipe`; `crowded` tells whether a run is in training now."""
        key = as_tried(recipe)
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or not self._holds(kept, crowded):
                kept = Trial(self._measure(key), self._now(), crowded)
                self._kept[key] = kept
            return kept

    def forget(self) -> None:
        """Try everything anew when it is next asked for."""
        with self._lock:
            self._kept.clear()

    def _holds(self, kept: Trial, crowded: bool) -> bool:
        if crowded and not kept.crowded:
            return True  # however old: what is tried now is slower for the run that is on
        return kept.crowded == crowded and self._now() - kept.at < KEPT_SECONDS
