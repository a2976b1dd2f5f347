"""Learning-rate schedules, as factors of the peak rate."""

import math
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, NonNegativeInt

from core.recipe import Schedule

RANGE = 1000  # how many times the first rate of the schedule 'range' the last one is


def rate_factor(schedule: Schedule, step: int, total_steps: int, steps_per_epoch: int) -> float:
    """What the peak learning rate is multiplied by at `step` (0-based), 0 to 1.

    A warm-up comes first, linear but for 'one_cycle', which climbs by a cosine from 1/25 (Smith &
    Topin 2017, arXiv:1708.07120). Falling schedules approach 0 at the end of the run. 'plateau'
    is constant here; its drops depend on validation and come from `Plateau`. 'range' knows no
    warm-up.

    With a restart, the schedule first runs its course until then; what is left of the run is its
    fall alone, from half the peak.
    """
    if schedule.name == "range":
        return RANGE ** ((step + 1) / total_steps - 1)
    first = schedule.restart * steps_per_epoch
    if step < first:
        total_steps = first
    elif first:
        fall = schedule.model_copy(update={"warmup": 0.0, "restart": 0})
        return rate_factor(fall, step - first, total_steps - first, steps_per_epoch) / 2
    warmup_steps = round(schedule.warmup * total_steps)
    if step < warmup_steps:
        climbed = (step + 1) / warmup_steps
        if schedule.name == "one_cycle":
            return 1 / 25 + (1 - 1 / 25) * (1 - math.cos(math.pi * climbed)) / 2
        return climbed
    left = (total_steps - step) / max(1, total_steps - warmup_steps)
    match schedule.name:
        case "cosine" | "one_cycle":
            return (1 - math.cos(math.pi * left)) / 2
        case "linear":
            return left
        case "step":
            return schedule.factor ** (step // steps_per_epoch // schedule.every)
        case "constant" | "plateau" | "range":
            return 1.0


def remaining(progress: float, end: float) -> float:
    """Factor, 1 to 0, of the rate of a layer that freezes at `end` instead of at the run's end.

    Both are shares of the run. A linear schedule becomes one that reaches 0 at `end` (after Brock
    et al. 2017, FreezeOut, arXiv:1706.04983, which anneals each layer to its own end).
    """
    if progress >= end:
        return 0.0
    return (1 - progress / end) / (1 - progress)


@dataclass
class Plateau:
    """Lowers the rate when validation loss makes no progress for `patience` epochs in a row."""

    patience: NonNegativeInt
    drop: float
    factor: Annotated[float, Field(ge=0.0, le=1.0)] = 1.0
    best: float = math.inf
    waited: NonNegativeInt = 0

    def observe(self, validation_loss: float) -> None:
        if validation_loss < self.best:
            self.best, self.waited = validation_loss, 0
            return
        self.waited += 1
        if self.waited >= self.patience:
            self.factor, self.waited = self.factor * self.drop, 0
