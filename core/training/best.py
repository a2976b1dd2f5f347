"""Which weights are the best so far, and whether waiting for better ones still pays."""

import math
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt


@dataclass
class BestSoFar:
    """Follows one validation metric over the epochs.

    epoch: the best one, counted from 1; 0 before the first
    score: accuracy, or negated loss, so that more is better
    """

    metric: Literal["accuracy", "loss"]
    patience: NonNegativeInt
    epoch: NonNegativeInt = 0
    accuracy: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0
    score: float = -math.inf

    def observe(self, epoch: int, accuracy: float, loss: float) -> bool:
        """Take in an epoch; True when it is the best so far. NaN never is."""
        score = accuracy if self.metric == "accuracy" else -loss
        if not (math.isfinite(loss) and score > self.score):
            return False
        self.epoch, self.accuracy, self.score = epoch, accuracy, score
        return True

    def exhausted(self, epoch: int) -> bool:
        """True when `patience` epochs passed without a better one."""
        return self.patience > 0 and epoch - self.epoch >= self.patience
