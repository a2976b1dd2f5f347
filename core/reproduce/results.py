"""What each recipe reached, as a table: published, ours over seeds, cost, machine."""

import csv
import io
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
from pydantic import TypeAdapter

from core.comparison.seeds import finished_runs
from core.evaluation.spread import Spread, binomial_error, spread
from core.files import write_atomically
from core.models.summary import summarise
from core.recipe import Recipe, presets
from core.runs.export import run_as_csv
from core.runs.networks import SHIPPED
from core.runs.run import Run
from core.runs.store import RunStore
from core.wording import duration

CLASSES = 10
TEST_IMAGES = 10_000  # of CIFAR-10
KEPT = "results.csv"  # the table that ships, beside the networks
COLUMNS = (
    *("preset", "published", "test", "95 % interval", "against published", "best seed", "train"),
    *("validation", "seeds", "parameters", "MFLOP", "training"),
)


@dataclass(frozen=True)
class Result:
    """One recipe. Accuracies are top-1, 0 to 1; NaN where not known.

    published: what its authors give for the test images
    runs: how many, each with a seed of its own
    test: over the seeds; best: of the best seed
    train: means over the seeds, as told while training, with augmentation and dropout on
    validation: mean over the seeds
    flops: of one forward pass of one image, for ten classes
    seconds: of training, the median run
    """

    name: str
    published: float
    source: str
    runs: int
    test: Spread
    best: float
    train: float
    validation: float
    parameters: int
    flops: int
    seconds: float
    device: str
    data: str
    torch: str

    @property
    def ahead(self) -> float:
        """How much higher the mean test accuracy is than the published one, 0 to 1."""
        return self.test.mean - self.published

    @property
    def chance(self) -> float:
        """The standard error from having only CIFAR-10's test images; NaN for other data."""
        return binomial_error(self.test.mean, TEST_IMAGES) if self.data == "cifar10" else math.nan


RESULT = TypeAdapter(Result)


def result_of(name: str, recipe: Recipe, runs: Sequence[Run]) -> Result | None:
    """What the finished runs of `recipe` among `runs` reached; None when there are none."""
    done = [run for run in finished_runs(runs, recipe) if "test" in run.accuracies]
    if not done:
        return None
    test = [run.accuracies["test"] for run in done]
    machine = done[-1].machine
    return Result(
        name=name,
        published=recipe.published.accuracy or math.nan,
        source=recipe.published.source,
        runs=len(test),
        test=spread(test),
        best=max(test),
        train=statistics.fmean(run.accuracies.get("train", math.nan) for run in done),
        validation=statistics.fmean(run.accuracies["validation"] for run in done),
        parameters=done[-1].parameters,
        flops=summarise(recipe.model, CLASSES).flops,
        seconds=statistics.median(run.seconds for run in done),
        device=f"{machine.get('cores', '?')} cores, {machine.get('device', 'unknown')}",
        data=recipe.data.path or recipe.data.source,
        torch=machine.get("torch", ""),
    )


def standing(
    recipes: Mapping[str, Recipe], runs: Sequence[Run], folder: Path = SHIPPED
) -> list[Result]:
    """Each recipe by the runs here, else, where it is a preset, as its row ships; without those
    that have neither."""
    kept = {result.name: result for result in kept_results(folder)}
    found: list[Result | None] = []
    for name, recipe in recipes.items():
        ships = kept.get(name) if presets().get(name) == recipe else None
        found.append(result_of(name, recipe, runs) or ships)
    return [result for result in found if result is not None]


def keep_results(store: RunStore, folder: Path = SHIPPED) -> None:
    """Let the table of the published presets ship with the project, and the curves of those that
    have runs here."""
    runs = store.runs()
    write_atomically(folder / KEPT, as_csv(standing(published_presets(), runs, folder)).encode())
    for name, recipe in published_presets().items():
        if done := finished_runs(runs, recipe):
            write_atomically(epochs_path(name, folder), run_as_csv(store, done[0].id))


def kept_results(folder: Path = SHIPPED) -> list[Result]:
    """The table that ships; nothing when it is missing or damaged."""
    try:
        rows = list(csv.DictReader(io.StringIO((folder / KEPT).read_text())))
        return [RESULT.validate_python({**row, "test": _spread_in(row)}) for row in rows]
    except (OSError, ValueError, KeyError):
        return []


def _spread_in(row: Mapping[str, str]) -> dict[str, str]:
    return {field: row[f"test_{field}"] for field in ("mean", "deviation", "low", "high")}


def epochs_path(name: str, folder: Path = SHIPPED) -> Path:
    """Where the epochs of a preset ship, in the columns of `EpochEnded`."""
    return folder / f"{name}.csv"


def curves(store: RunStore, folder: Path = SHIPPED) -> dict[str, pd.DataFrame]:
    """A table of epochs for every published preset: of the run with the first seed, else as it
    ships."""
    runs = store.runs()
    found: dict[str, pd.DataFrame] = {}
    for name, recipe in published_presets().items():
        if done := finished_runs(runs, recipe):
            found[name] = store.metrics.epochs(done[0].id)
        elif (table := epochs_path(name, folder)).exists():
            found[name] = pd.read_csv(table)
    return found


def published_presets() -> dict[str, Recipe]:
    """The presets whose file names a source."""
    return {name: recipe for name, recipe in presets().items() if recipe.published.source}


def results_table(results: Sequence[Result]) -> str:
    """A table in Markdown, and below it what all rows share."""
    if not results:
        return "No run of these recipes is finished.\n"
    lines = [
        f"| {' | '.join(COLUMNS)} |",
        f"|---|{'---:|' * (len(COLUMNS) - 1)}",
        *(f"| `{result.name}` | {' | '.join(cells(result)[1:])} |" for result in results),
        "",
        legend(results),
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


_ERRORS = ", ".join(
    f"{100 * binomial_error(accuracy, TEST_IMAGES):.2f} at {100 * accuracy:.0f} %"
    for accuracy in (0.7, 0.9, 0.95)
)
_CHANCE = f""" CIFAR-10's {TEST_IMAGES:,} test images leave a
standard error in points of {_ERRORS}: less is noise."""


def legend(results: Sequence[Result]) -> str:
    """What all rows share."""

    def every(values: Iterable[str]) -> str:
        return "; ".join(sorted(set(values)))

    cifar10 = any(result.data == "cifar10" for result in results)
    return f"""\
Accuracies are top-1 in percent, of one view of each image; test: mean ± standard deviation over
the seeds, and the 95 % interval of that mean.{_CHANCE if cifar10 else ""}
Train: as told while training, with augmentation and dropout on. MFLOP: one image forward.
Training: minutes of the median run, without validation. Machine:
{every(result.device for result in results)}; torch {every(result.torch for result in results)}; \
data: {every(result.data for result in results)}."""


def as_csv(results: Sequence[Result]) -> str:
    """Every figure for programs, one line a recipe."""
    rows = [_flat(result) for result in results]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _flat(result: Result) -> dict[str, object]:
    fields: dict[str, object] = asdict(result)
    del fields["test"]
    over_seeds = {f"test_{name}": value for name, value in asdict(result.test).items()}
    return fields | over_seeds | {"binomial_error": result.chance}


def _mean(test: Spread) -> str:
    mean = _percent(test.mean)
    return mean if math.isnan(test.deviation) else f"{mean} ± {100 * test.deviation:.2f}"


def _interval(test: Spread) -> str:
    return "-" if math.isnan(test.low) else f"{100 * test.low:.2f} to {100 * test.high:.2f}"


def _percent(share: float) -> str:
    return "-" if math.isnan(share) else f"{100 * share:.2f}"
