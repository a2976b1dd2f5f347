"""Figures of the Results page: published beside reached, and variants beside each other."""

import math
from collections.abc import Sequence

from app.charts.bars import MUTED, Bar, Mark
from core.comparison.verdicts import Verdict
from core.reproduce.results import Result

DIAMOND = 2  # among `theme.SYMBOLS`
LEGEND = (
    ("Published", Mark(0.0, slot=MUTED, symbol=DIAMOND, open=True)),
    ("Reached here (bars: 95 % interval over seeds)", Mark(0.0)),
)


def standing_bars(results: Sequence[Result]) -> list[Bar]:
    """One row a preset: an open mark for what was published, a filled one for the mean reached,
    with its 95 % interval where several seeds were trained."""
    return [_standing(result) for result in results]


def _standing(result: Result) -> Bar:
    published, mean = 100 * result.published, 100 * result.test.mean
    interval = _interval(result.test.low, result.test.high)
    told, marks = [f"Reached {mean:.2f} % (seeds: {result.runs})"], [Mark(mean, interval)]
    if interval:
        told.append(f"95 % interval {interval[0]:.2f} to {interval[1]:.2f}")
    if not math.isnan(published):
        told.insert(0, f"Published {published:.2f} %")
        marks.insert(0, Mark(published, slot=MUTED, symbol=DIAMOND, open=True))
    return Bar(result.name, None, f"{mean:.1f} %", "\n".join(told), marks=tuple(marks))


def comparison_bars(verdicts: Sequence[Verdict]) -> list[Bar]:
    """One row a variant but the baseline: how far its mean accuracy lies from the baseline's, in
    points, with the interval; filled where that is shown, open where it is not."""
    return [_compared(verdict) for verdict in verdicts if not math.isnan(verdict.apart[0])]


def _compared(verdict: Verdict) -> Bar:
    apart, low, high = (100 * share for share in verdict.apart)
    interval = _interval(*verdict.apart[1:])
    told = f"{apart:+.2f} points (95 % interval {low:+.1f} to {high:+.1f})"
    mark = Mark(apart, interval, open=not verdict.shown)
    written = f"{apart:+.1f}".replace("-", "\u2212")
    return Bar(verdict.variant, None, written, told, marks=(mark,))


def _interval(low: float, high: float) -> tuple[float, float] | None:
    """In percent, from shares; NaN is none."""
    return None if math.isnan(low) else (100 * low, 100 * high)
