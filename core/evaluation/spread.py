"""How exactly an accuracy (top-1, 0 to 1) is known: over several seeds, and on so many images."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Spread:
    """Mean, sample standard deviation, and the 95 % interval of the mean (Student's t).

    Of a single value, deviation, low and high are NaN: one run says nothing about the next.
    """

    mean: float
    deviation: float
    low: float
    high: float


def spread(values: Sequence[float]) -> Spread:
    """`values`: one a seed, at least one."""
    mean = statistics.fmean(values)
    if len(values) < 2:
        return Spread(mean, math.nan, math.nan, math.nan)
    deviation = statistics.stdev(values)
    margin = stats.t.ppf((1 + CONFIDENCE) / 2, len(values) - 1) * deviation / len(values) ** 0.5
    return Spread(mean, deviation, mean - margin, mean + margin)


def binomial_error(accuracy: float, images: int) -> float:
    """The standard error that an accuracy has because it was measured on so many images."""
    return math.sqrt(accuracy * (1 - accuracy) / images)
