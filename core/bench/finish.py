"""How training runs end, and how soon an accuracy is reached."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Finish:
    """seconds: of training, without measuring; accuracy: top-1 on the test images, 0 to 1."""

    seconds: float
    accuracy: float


def annealed_time(budgets: Mapping[int, Sequence[Finish]], target: float) -> float | None:
    """The least median time of a budget (in epochs) whose mean accuracy is `target` or more.

    A schedule that ends at its budget has to be evaluated at its end, so every budget is trained by
    itself. None when no budget reaches it.
    """
    times = [
        statistics.median(finish.seconds for finish in finishes)
        for finishes in budgets.values()
        if statistics.fmean(finish.accuracy for finish in finishes) >= target
    ]
    return min(times, default=None)


def first_time(runs: Sequence[Sequence[Finish]], target: float) -> float | None:
    """The median, over runs evaluated as they went, of when they first had `target`.

    None when half of them or more never had it.
    """
    times = [
        next((point.seconds for point in run if point.accuracy >= target), math.inf) for run in runs
    ]
    median = statistics.median(times) if times else math.inf
    return median if math.isfinite(median) else None
