"""Figures of the Results page: published beside reached."""

import math
from collections.abc import Sequence

from app.charts.bars import MUTED, Bar, Mark
from app.charts.differences import interval_of
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
    interval = interval_of(result.test.low, result.test.high)
    told, marks = [f"Reached {mean:.2f} % (seeds: {result.runs})"], [Mark(mean, interval)]
    if interval:
        told.append(f"95 % interval {interval[0]:.2f} to {interval[1]:.2f}")
    if not math.isnan(published):
        told.insert(0, f"Published {published:.2f} %")
        marks.insert(0, Mark(published, slot=MUTED, symbol=DIAMOND, open=True))
    return Bar(result.name, None, f"{mean:.1f} %", "\n".join(told), marks=tuple(marks))
