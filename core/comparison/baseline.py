"""Several recipes against one baseline, each over seeds."""

import math
import statistics
from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats

from core.evaluation.spread import CONFIDENCE

Apart = tuple[float, float, float]
"""A difference with its 95 % interval (low, high); NaN where there is none."""


def against_baseline(
    baseline: Sequence[float], variants: Mapping[str, Sequence[float]]
) -> dict[str, Apart]:
    """How much higher the mean of each variant is than that of `baseline`, in their own unit.

    The intervals are those of Dunnett's test (Dunnett 1955): with 95 % they all hold at once,
    however many variants there are. It takes the spread over seeds to be alike in all. Variants
    with one seed have no interval and no part in the test; where the baseline has one, or where no
    two seeds of anything differ, nobody has one.
    """
    judged = {name: values for name, values in variants.items() if len(values) > 1}
    intervals: dict[str, tuple[float, float]] = {}
    if judged and len(baseline) > 1 and _differ(baseline, *judged.values()):
        # The test integrates by sampling, which a fixed generator makes the same each time.
        test = stats.dunnett(
            *map(np.array, judged.values()),
            control=np.array(baseline),
            rng=np.random.default_rng(0),
        )
        interval = test.confidence_interval(CONFIDENCE)
        bounds = zip(np.array(interval.low).tolist(), np.array(interval.high).tolist(), strict=True)
        intervals = dict(zip(judged, bounds, strict=True))
    mean = statistics.fmean(baseline)
    return {
        name: (statistics.fmean(values) - mean, *intervals.get(name, (math.nan, math.nan)))
        for name, values in variants.items()
    }


def _differ(*recipes: Sequence[float]) -> bool:
    """Whether seeds of one recipe do, by more than rounding."""
    return any(max(values) - min(values) > 1e-9 for values in recipes)
