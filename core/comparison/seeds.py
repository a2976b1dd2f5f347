"""Two recipes, each over seeds: whether one is better, and what it would take to say so.

Recipes are judged by their runs, so what counts is how many seeds there are, not how many images.
Runs with the same seed are a pair where both recipes have them (Bouthillier et al. 2021,
arXiv 2103.03098); else Welch's test stands for it.
"""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from scipy import optimize, stats

from core.evaluation.spread import CONFIDENCE
from core.recipe import Recipe
from core.runs.run import Run
from core.wording import counted

POWER = 0.8  # the chance that a difference which is there is shown
MOST_SEEDS = 1000  # nobody trains more to settle a question
ADVICE = "train at least two seeds of each, better five"


def of_any_seed(recipe: Recipe) -> str:
    """The recipe's identity, but for the seed."""
    return recipe.model_copy(update={"seed": 0}).identity


def recipe_groups(runs: Sequence[Run]) -> dict[str, list[Run]]:
    """The newest finished run of each seed, by seed, under the recipe's identity of any seed."""
    newest: dict[str, dict[int, Run]] = {}
    for run in sorted(runs, key=lambda run: run.created):
        if run.status == "finished":
            newest.setdefault(of_any_seed(run.recipe), {})[run.recipe.seed] = run
    return {
        identity: [of_seed[seed] for seed in sorted(of_seed)]
        for identity, of_seed in newest.items()
    }


def finished_runs(runs: Sequence[Run], recipe: Recipe) -> list[Run]:
    """The newest finished run of each seed of this one recipe, by seed."""
    return recipe_groups(runs).get(of_any_seed(recipe), [])


def by_seed(runs: Sequence[Run]) -> dict[int, float]:
    """Top-1 test accuracy, 0 to 1, by seed; without the runs that have none."""
    return {run.recipe.seed: run.accuracies["test"] for run in runs if "test" in run.accuracies}


@dataclass(frozen=True)
class RecipeComparison:
    """How much better the second recipe is than the first. Differences are in points of accuracy.

    names: of both recipes
    seeds: how many of each were used; of pairs, the same number twice
    difference: of the means; NaN where either recipe has no run
    test: which t test judged it; None where none could, and then all below is NaN or 0
    low, high: 95 % interval of the difference
    p_value: of no difference, two-sided
    smallest: the difference that so many seeds show with a chance of 80 %, at this spread
    deviation: of the difference, had each recipe one seed
    growth: how many degrees of freedom a further seed of each adds
    sentence: the outcome in plain words
    """

    names: tuple[str, str]
    seeds: tuple[int, int]
    difference: float
    sentence: str
    test: Literal["paired", "Welch"] | None = None
    low: float = math.nan
    high: float = math.nan
    p_value: float = math.nan
    smallest: float = math.nan
    deviation: float = math.nan
    growth: float = 0.0

    @property
    def shown(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0

    @property
    def needed(self) -> int | None:
        """Seeds of each that the difference found here needs, as `seeds_for` tells."""
        return self.seeds_for(self.difference)

    def seeds_for(self, points: float) -> int | None:
        """The fewest seeds of each by which a difference of so many points is shown with a chance
        of 80 %, if the spread is as it is here; None where that takes more than MOST_SEEDS, or
        where no spread is known."""
        return _seeds_for(points, self.deviation, self.growth) if self.test else None


@dataclass(frozen=True)
class _Evidence:
    """A difference in points and its standard error; the rest as in RecipeComparison."""

    test: Literal["paired", "Welch"]
    seeds: tuple[int, int]
    difference: float
    error: float
    freedom: float
    deviation: float
    growth: float


def compare_recipes(
    a: Mapping[int, float], b: Mapping[int, float], names: tuple[str, str] = ("A", "B")
) -> RecipeComparison:
    """Whether `b` is better than `a`; each tells the top-1 test accuracy (0 to 1) by seed.

    Paired where every seed of one is among the other's, else by Welch's t test. What cannot be
    judged is a sentence too: a recipe with one seed or none, an accuracy that is none, seeds
    without any spread.
    """
    seeds = (len(a), len(b))
    if trouble := _unfit(a, names[0]) or _unfit(b, names[1]):
        return RecipeComparison(names, seeds, math.nan, trouble)
    apart = 100 * (statistics.fmean(b.values()) - statistics.fmean(a.values()))
    told = _told(apart, names)
    if min(seeds) < 2:
        few = "one seed each" if max(seeds) == 1 else f"one seed of {names[seeds.index(1)]}"
        sentence = f"Not shown: {told}, but {few} says nothing about the recipes; {ADVICE}."
        return RecipeComparison(names, seeds, apart, sentence)
    shared = sorted(a.keys() & b.keys())
    if len(shared) == min(seeds):
        evidence = _paired([100 * (b[seed] - a[seed]) for seed in shared])
    else:
        evidence = _unpaired(
            [100 * each for each in a.values()], [100 * each for each in b.values()]
        )
    if evidence.error < 1e-9:  # nothing but rounding
        sentence = (
            f"Not shown: {_told(evidence.difference, names)} with every seed alike, and without "
            "any spread there is no interval; see whether these runs are copies of each other."
        )
        return RecipeComparison(names, evidence.seeds, evidence.difference, sentence)
    return _judged(evidence, names, unpaired=max(seeds) - max(evidence.seeds))


def _unfit(accuracies: Mapping[int, float], name: str) -> str:
    if not accuracies:
        return f"Not shown: no run of {name} has finished and was tested."
    for seed, accuracy in accuracies.items():
        if not 0 <= accuracy <= 1:  # nor where it is NaN
            return (
                f"Not shown: {name} has no accuracy from 0 to 1 with seed {seed}, but {accuracy}."
            )
    return ""


def _paired(differences: Sequence[float]) -> _Evidence:
    count, deviation = len(differences), statistics.stdev(differences)
    mean, error = statistics.fmean(differences), deviation / math.sqrt(count)
    return _Evidence("paired", (count, count), mean, error, count - 1, deviation, growth=1)


def _unpaired(a: Sequence[float], b: Sequence[float]) -> _Evidence:
    """By Welch's t test."""
    seeds, variances = (len(a), len(b)), (statistics.variance(a), statistics.variance(b))
    shares = [variance / count for variance, count in zip(variances, seeds, strict=True)]
    apart, total = statistics.fmean(b) - statistics.fmean(a), sum(variances)
    if total == 0:
        return _Evidence("Welch", seeds, apart, 0, 0, 0, 0)
    parts = sum(share**2 / (count - 1) for share, count in zip(shares, seeds, strict=True))
    return _Evidence(
        "Welch",
        seeds,
        apart,
        error=math.sqrt(sum(shares)),
        freedom=sum(shares) ** 2 / parts,
        deviation=math.sqrt(total),
        growth=total**2 / sum(variance**2 for variance in variances),
    )


def _judged(evidence: _Evidence, names: tuple[str, str], unpaired: int) -> RecipeComparison:
    apart, error, freedom = evidence.difference, evidence.error, evidence.freedom
    margin = float(stats.t.ppf((1 + CONFIDENCE) / 2, freedom)) * error
    low, high = apart - margin, apart + margin
    smallest = _detectable(freedom) * error
    told = _told(apart, names)
    seeds = _seeds(evidence, unpaired)
    if low > 0 or high < 0:
        near, far = sorted((abs(low), abs(high)))
        sentence = f"{told}: 95 % interval {_points(near)} to {_points(far)}, {seeds}."
    else:
        needed = _seeds_for(apart, evidence.deviation, evidence.growth)
        wanted = f"about {needed:,}" if needed else f"more than {MOST_SEEDS:,}"
        sentence = (
            f"Not shown: {told}, but the 95 % interval, {_signed(low)} to {_signed(high)}, holds "
            f"zero; {seeds}. So few show a difference of {_points(smallest)} points four times in "
            f"five, and smaller ones less often; one as small as here needs {wanted} seeds of each."
        )
    return RecipeComparison(
        names,
        evidence.seeds,
        apart,
        sentence,
        evidence.test,
        low,
        high,
        p_value=2 * float(stats.t.sf(abs(apart) / error, freedom)),
        smallest=smallest,
        deviation=evidence.deviation,
        growth=evidence.growth,
    )


def _seeds_for(points: float, deviation: float, growth: float) -> int | None:
    def shows(count: int) -> bool:
        return _detectable(growth * (count - 1)) * deviation / math.sqrt(count) <= abs(points)

    if not shows(MOST_SEEDS):
        return None
    few, enough = 1, MOST_SEEDS  # one is too few, whatever the difference
    while enough - few > 1:
        middle = (few + enough) // 2
        few, enough = (few, middle) if shows(middle) else (middle, enough)
    return enough


def _detectable(freedom: float) -> float:
    """How many standard errors a difference must be for a two-sided t test to show it with a
    chance of POWER."""
    critical = float(stats.t.ppf((1 + CONFIDENCE) / 2, freedom))

    def lacking(errors: float) -> float:
        return float(stats.nct.sf(critical, freedom, errors)) - POWER

    return float(optimize.root_scalar(lacking, bracket=(0, 2 * critical + 2)).root)


def _told(points: float, names: tuple[str, str]) -> str:
    """'B is 2.1 points better than A'."""
    first, second = names
    if abs(points) < 0.005:
        return f"{second} is just as good as {first}"
    return (
        f"{second} is {_points(points)} points {'better' if points > 0 else 'worse'} than {first}"
    )


def _points(value: float) -> str:
    """Without a sign, with as many digits as it takes not to look like nothing."""
    return f"{abs(value):.{1 if abs(value) >= 0.095 else 2}f}"


def _signed(value: float) -> str:
    return f"{'-' if value < 0 else '+'}{_points(value)}"


def _seeds(evidence: _Evidence, unpaired: int) -> str:
    fewer, more = sorted(evidence.seeds)
    each = f"{counted(fewer)} seeds each"
    if evidence.test == "Welch":
        both = " and ".join(map(counted, evidence.seeds))
        return f"{each if fewer == more else f'{both} seeds'}, by Welch's t test"
    rest = f" ({counted(unpaired)} without a pair left out)" if unpaired else ""
    return f"{each}, paired by seed{rest}"
