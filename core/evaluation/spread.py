"""Accuracies over several seeds: what is progress and what is noise.

Accuracies are top-1, 0 to 1.
"""

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


def difference(values: Sequence[float], baseline: Sequence[float]) -> tuple[float, float, float]:
    """How much higher the mean of `values` is, with the 95 % interval of that (Welch's).

    Returns (difference, low, high); low and high are NaN when either has a single value.
    """
    apart = statistics.fmean(values) - statistics.fmean(baseline)
    if min(len(values), len(baseline)) < 2:
        return apart, math.nan, math.nan
    interval = stats.ttest_ind(values, baseline, equal_var=False).confidence_interval(CONFIDENCE)
    return apart, float(interval.low), float(interval.high)


def binomial_error(accuracy: float, images: int) -> float:
    """The standard error that an accuracy has because it was measured on so many images."""
    return math.sqrt(accuracy * (1 - accuracy) / images)
