"""A comparison over seeds, read in plain words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.evaluation.spread import Spread, difference, spread
from core.reproduce.comparisons import Reached


@dataclass(frozen=True)
class Verdict:
    """One variant over its seeds.

    test: top-1 accuracy, 0 to 1
    apart: how much higher its mean is than the first variant's, with the 95 % interval of that
        (low, high), as shares; NaN for the first variant itself
    sentence: the same in plain words
    """

    variant: str
    runs: int
    test: Spread
    apart: tuple[float, float, float]
    sentence: str


def verdicts(reached: Reached) -> list[Verdict]:
    """Every variant against the first."""
    read: list[Verdict] = []
    baseline = next(iter(reached), "")
    for name, test in reached.items():
        nothing = (math.nan, math.nan, math.nan)
        apart = nothing if name == baseline else difference(test, reached[baseline])
        over_seeds = spread(test)
        sentence = _sentence(name, over_seeds, apart, baseline)
        read.append(Verdict(name, len(test), over_seeds, apart, sentence))
    return read


def verdict_table(read: Sequence[Verdict]) -> str:
    """A table in Markdown, and its reading in plain words."""
    lines = [
        f"| {' | '.join(columns(read))} |",
        "|---|---:|---:|---:|---:|",
        *(f"| {' | '.join(cells(verdict))} |" for verdict in read),
        "",
        *[f"- {verdict.sentence}" for verdict in read],
    ]
    return "\n".join(lines) + "\n"


def columns(read: Sequence[Verdict]) -> tuple[str, ...]:
    against = f"against {read[0].variant} (points)"
    return "variant", "test (%)", against, "95 % interval", "seeds"


def cells(verdict: Verdict) -> list[str]:
    """The row of a variant, for people, under `columns`."""
    deviation = 100 * verdict.test.deviation
    test = f"{100 * verdict.test.mean:.2f}"
    apart, low, high = (100 * value for value in verdict.apart)
    return [
        verdict.variant,
        test if math.isnan(deviation) else f"{test} ± {deviation:.2f}",
        "-" if math.isnan(apart) else f"{apart:+.2f}",
        "-" if math.isnan(low) else f"{low:+.2f} to {high:+.2f}",
        str(verdict.runs),
    ]


def _sentence(name: str, test: Spread, shares: tuple[float, float, float], baseline: str) -> str:
    apart, low, high = (100 * share for share in shares)
    if math.isnan(apart):
        return f"{name}: {test.mean:.1%} of the test images right."
    told = f"{name}: {apart:+.1f} points against {baseline}"
    if math.isnan(low):
        return f"{told}, from one run: it may be chance."
    chance = "" if low > 0 or high < 0 else ": may be chance"
    return f"{told}, 95 % interval {low:+.1f} to {high:+.1f}{chance}."
