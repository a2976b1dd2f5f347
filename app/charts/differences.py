"""Variants against a baseline, as marks with their intervals."""

import math
from collections.abc import Sequence

from app.charts.bars import Bar, Mark
from core.comparison.verdicts import Verdict

READ_DIFFERENCE = (
    "How to read this: a bar wholly right of the dotted line is a gain over {}, wholly left a "
    "loss; one that crosses it (an open mark) shows neither."
)
READ_DIFFERENCES = (
    f"{READ_DIFFERENCE} The intervals are Dunnett's: with 95 % all of them hold at once."
)


def difference_bars(verdicts: Sequence[Verdict]) -> list[Bar]:
    """One row a variant but the baseline: how far its mean accuracy lies from the baseline's, in
    points, with the interval; filled where that is shown, open where it is not."""
    return [_compared(verdict) for verdict in verdicts if not math.isnan(verdict.apart[0])]


def _compared(verdict: Verdict) -> Bar:
    apart, low, high = (100 * share for share in verdict.apart)
    interval = interval_of(*verdict.apart[1:])
    told = f"{apart:+.2f} points (95 % interval {low:+.1f} to {high:+.1f})"
    mark = Mark(apart, interval, open=not verdict.shown)
    written = f"{apart:+.1f}".replace("-", "\u2212")
    return Bar(verdict.variant, None, written, told, marks=(mark,))


def interval_of(low: float, high: float) -> tuple[float, float] | None:
    """In percent, from shares; NaN is none."""
    return None if math.isnan(low) else (100 * low, 100 * high)
