"""A comparison over seeds, read in plain words.

Intervals of differences are told to a tenth of a point: they are sampled, and so few seeds tell no
more.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.comparison.baseline import Apart, against_baseline
from core.evaluation.spread import Spread, spread

Reached = dict[str, list[float]]
"""Test accuracies (top-1, 0 to 1) by variant, one a seed; the first variant is the baseline."""


@dataclass(frozen=True)
class Verdict:
    """One variant over its seeds.

    test: top-1 accuracy, 0 to 1
    apart: how much higher its mean is than the first variant's, as shares, with the interval that
        holds for all variants at once with 95 %; NaN for the first variant itself
    sentence: the same in plain words
    """

    variant: str
    runs: int
    test: Spread
    apart: Apart
    sentence: str

    @property
    def shown(self) -> bool:
        """Whether the interval leaves out zero."""
        _, low, high = self.apart
        return low > 0 or high < 0


def verdicts(reached: Reached) -> list[Verdict]:
    """Every variant against the first, by Dunnett's test."""
    if not reached:
        return []
    (baseline, of_baseline), *others = reached.items()
    over_seeds = spread(of_baseline)
    sentence = f"{baseline}: {over_seeds.mean:.1%} of the test images right."
    nothing = (math.nan, math.nan, math.nan)
    read = [Verdict(baseline, len(of_baseline), over_seeds, nothing, sentence)]
    for name, apart in against_baseline(of_baseline, dict(others)).items():
        runs = len(reached[name])
        sentence = _sentence(name, runs, apart, baseline, len(of_baseline))
        read.append(Verdict(name, runs, spread(reached[name]), apart, sentence))
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
        "-" if math.isnan(low) else f"{low:+.1f} to {high:+.1f}",
        str(verdict.runs),
    ]


def _sentence(name: str, runs: int, shares: Apart, baseline: str, baselines: int) -> str:
    apart, low, high = (100 * share for share in shares)
    told = f"{name}: {apart:+.1f} points against {baseline}"
    if math.isnan(low):
        single = name if runs < 2 else baseline if baselines < 2 else ""
        why = f"one seed of {single} shows nothing" if single else "seeds alike show no spread"
        return f"{told}: not shown, as {why}."
    found = "a gain" if low > 0 else "a loss" if high < 0 else "not shown to differ"
    return f"{told}, 95 % interval {low:+.1f} to {high:+.1f}: {found}."
