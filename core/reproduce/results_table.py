"""The results for people: a table, and below it what all rows share."""

import math
import textwrap
from collections.abc import Iterable, Sequence

from core.evaluation.spread import Spread, binomial_error
from core.reproduce.results import TEST_IMAGES, Result
from core.wording import duration

WIDTH = 100  # of a line of Markdown
COLUMNS = (
    *("preset", "published", "test", "95 % interval", "against published", "best seed", "train"),
    *("validation", "seeds", "parameters", "MFLOP", "training"),
)
# In points, of the networks that ship two by two; a test measures them again from their logits.
PAIRED_ERRORS = (0.27, 0.41)
UNPAIRED_ERRORS = (0.35, 0.58)
TOLD_APART = (0.5, 0.8)
DIFFERENCES = (
    "Networks answer the same images, so a difference is known better than two figures apart: "
    "between those that ship its standard error is {:.2f} to {:.2f} points, not {:.2f} to {:.2f}, "
    "and two that lie less than about {} to {} points apart are not told apart by one test; the "
    "page Compare says it for two networks. Which recipe is better takes seeds."
).format(*PAIRED_ERRORS, *UNPAIRED_ERRORS, *TOLD_APART)


def results_table(results: Sequence[Result]) -> str:
    """A table in Markdown, and below it what all rows share."""
    if not results:
        return "No run of these recipes is finished.\n"
    lines = [
        f"| {' | '.join(COLUMNS)} |",
        f"|---|{'---:|' * (len(COLUMNS) - 1)}",
        *(f"| `{result.name}` | {' | '.join(cells(result)[1:])} |" for result in results),
        "",
        textwrap.fill(legend(results), WIDTH, break_long_words=False, break_on_hyphens=False),
    ]
    return "\n".join(lines) + "\n"


def cells(result: Result) -> list[str]:
    """The row of a recipe, for people, under COLUMNS."""
    return [
        result.name,
        _percent(result.published),
        _mean(result.test),
        _interval(result.test),
        "-" if math.isnan(result.ahead) else f"{100 * result.ahead:+.1f}",
        *map(_percent, (result.best, result.train, result.validation)),
        str(result.runs),
        f"{result.parameters / 1e6:.2f} M",
        f"{result.flops / 1e6:,.0f}",
        duration(result.seconds),
    ]


def legend(results: Sequence[Result]) -> str:
    """What all rows share, as one paragraph."""
    sentences = [
        "Accuracies are top-1 in percent, of one view of each image; test: mean ± standard "
        "deviation over the seeds, and the 95 % interval of that mean.",
        *_of_one_seed(results),
        *_against_published(results),
        *_of_images(results),
        "Train: as told while training, with augmentation and dropout on. MFLOP: one image "
        "forward. Training: minutes of the median run, without validation.",
        f"Machine: {_every(result.device for result in results)}; "
        f"torch {_every(result.torch for result in results)}; "
        f"data: {_every(result.data for result in results)}.",
    ]
    return " ".join(sentences)


def _of_one_seed(results: Sequence[Result]) -> list[str]:
    if all(result.runs > 1 for result in results):
        return []
    return ["Where there is one seed there is no interval: how another would do is not known."]


def _against_published(results: Sequence[Result]) -> list[str]:
    published = [result for result in results if not math.isnan(result.published)]
    if not published:
        return []
    surpassing = ", ".join(f"`{result.name}`" for result in published if result.surpasses)
    if not surpassing:
        return ["That a mean is above what was published is shown of none: no interval is."]
    rest = (
        "" if all(result.surpasses for result in published) else "; of the others it is not shown"
    )
    return [f"The whole interval is above what was published for {surpassing}{rest}."]


def _of_images(results: Sequence[Result]) -> list[str]:
    if all(result.data != "cifar10" for result in results):
        return []
    errors = ", ".join(
        f"{100 * binomial_error(accuracy, TEST_IMAGES):.2f} at {100 * accuracy:.0f} %"
        for accuracy in (0.7, 0.9, 0.95)
    )
    alone = f"{TEST_IMAGES:,} test images leave each figure a standard error in points of {errors}."
    return [f"CIFAR-10's {alone} {DIFFERENCES}"]


def _every(values: Iterable[str]) -> str:
    return "; ".join(sorted(set(values)))


def _mean(test: Spread) -> str:
    mean = _percent(test.mean)
    return mean if math.isnan(test.deviation) else f"{mean} ± {100 * test.deviation:.2f}"


def _interval(test: Spread) -> str:
    return "-" if math.isnan(test.low) else f"{100 * test.low:.2f} to {100 * test.high:.2f}"


def _percent(share: float) -> str:
    return "-" if math.isnan(share) else f"{100 * share:.2f}"
