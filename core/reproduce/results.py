"""What each recipe reached: published, ours over seeds, cost, machine."""

import csv
import io
import json
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import pandas as pd
from pydantic import Field, TypeAdapter

from core.comparison.seeds import by_seed, finished_runs, of_any_seed, recipe_groups
from core.evaluation.spread import Spread, binomial_error, spread
from core.files import write_atomically
from core.models.summary import summarise
from core.recipe import Model, Recipe, presets
from core.runs.export import run_as_csv
from core.runs.networks import SHIPPED
from core.runs.run import Run
from core.runs.store import RunStore

CLASSES = 10
TEST_IMAGES = 10_000  # of CIFAR-10
KEPT = "results.csv"  # the table that ships, beside the networks


Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True)
class Result:
    """One recipe. Accuracies are top-1, 0 to 1; NaN where not known.

    published: what its authors give for the test images
    tests: of the test images, by seed
    train: means over the seeds, as told while training, with augmentation and dropout on
    validation: mean over the seeds
    flops: of one forward pass of one image, for ten classes
    seconds: of training, the median run
    """

    name: str
    published: float
    source: str
    tests: Annotated[dict[int, Share], Field(min_length=1)]
    train: float
    validation: float
    parameters: int
    flops: int
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    device: str
    data: str
    torch: str

    @property
    def runs(self) -> int:
        """How many, each with a seed of its own."""
        return len(self.tests)

    @property
    def test(self) -> Spread:
        """Over the seeds."""
        return spread([*self.tests.values()])

    @property
    def best(self) -> float:
        """Of the best seed."""
        return max(self.tests.values())

    @property
    def ahead(self) -> float:
        """How much higher the mean test accuracy is than the published one, 0 to 1."""
        return self.test.mean - self.published

    @property
    def surpasses(self) -> bool:
        """Whether even the lower bound of the mean is above what was published."""
        return self.test.low > self.published

    @property
    def image_error(self) -> float:
        """The standard error that CIFAR-10's test images leave; NaN for other data."""
        return binomial_error(self.test.mean, TEST_IMAGES) if self.data == "cifar10" else math.nan


RESULT = TypeAdapter(Result)
MODEL = TypeAdapter[Model](Model)


def result_of(name: str, recipe: Recipe, finished: Sequence[Run]) -> Result | None:
    """What the finished runs of `recipe`, one a seed, reached; None when none was tested."""
    done = [run for run in finished if "test" in run.accuracies]
    if not done:
        return None
    machine = done[-1].machine
    return Result(
        name=name,
        published=recipe.published.accuracy or math.nan,
        source=recipe.published.source,
        tests=by_seed(done),
        train=statistics.fmean(run.accuracies.get("train", math.nan) for run in done),
        validation=statistics.fmean(run.accuracies.get("validation", math.nan) for run in done),
        parameters=done[-1].parameters,
        flops=_flops(recipe.model.model_dump_json()),
        seconds=statistics.median(run.seconds for run in done),
        device=f"{machine.get('cores', '?')} cores, {machine.get('device', 'unknown')}",
        data=recipe.data.path or recipe.data.source,
        torch=machine.get("torch", ""),
    )


@lru_cache(maxsize=64)
def _flops(model: str) -> int:
    """Of a model's options as JSON."""
    return summarise(MODEL.validate_json(model), CLASSES).flops


def standing(
    recipes: Mapping[str, Recipe], runs: Sequence[Run], folder: Path = SHIPPED
) -> list[Result]:
    """Each recipe by the runs here, else, where it is a preset, as its row ships; without those
    that have neither."""
    kept = {result.name: result for result in kept_results(folder)}
    found: list[Result | None] = []
    groups = recipe_groups(runs)
    for name, recipe in recipes.items():
        ships = kept.get(name) if presets().get(name) == recipe else None
        found.append(result_of(name, recipe, groups.get(of_any_seed(recipe), [])) or ships)
    return [result for result in found if result is not None]


def keep_results(store: RunStore, folder: Path = SHIPPED) -> None:
    """Let the table of the published presets ship with the project, and the curves of those that
    have runs here. A row of more seeds than were run here stays as it ships, but for what follows
    from the code alone, FLOPs."""
    runs, recipes = store.runs(), published_presets()
    ships = {result.name: result for result in kept_results(folder)}
    rows = [
        replace(
            max(row, ships.get(row.name, row), key=lambda each: each.runs),
            flops=_flops(recipes[row.name].model.model_dump_json()),
        )
        for row in standing(recipes, runs, folder)
    ]
    write_atomically(folder / KEPT, as_csv(rows).encode())
    groups = recipe_groups(runs)
    for name, recipe in recipes.items():
        if done := groups.get(of_any_seed(recipe), []):
            write_atomically(epochs_path(name, folder), run_as_csv(store, done[0].id))


def kept_results(folder: Path = SHIPPED) -> list[Result]:
    """The table that ships; nothing when it is missing or damaged."""
    try:
        text = (folder / KEPT).read_text("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text), strict=True))
        return [RESULT.validate_python({**row, "tests": json.loads(row["tests"])}) for row in rows]
    except (OSError, ValueError, KeyError, TypeError, RecursionError, csv.Error):
        return []


def accuracies_by_seed(
    recipe: Recipe, runs: Sequence[Run], folder: Path = SHIPPED
) -> dict[int, float]:
    """Top-1 test accuracy, 0 to 1, of a recipe by seed: of its finished runs, and where it is a
    preset and a seed has none here, as its row ships."""
    here = by_seed(finished_runs(runs, recipe))
    ships = {
        seed: accuracy
        for result in kept_results(folder)
        if result.name in presets() and of_any_seed(presets()[result.name]) == of_any_seed(recipe)
        for seed, accuracy in result.tests.items()
    }
    return ships | here


def epochs_path(name: str, folder: Path = SHIPPED) -> Path:
    """Where the epochs of a preset ship, in the columns of `EpochEnded`."""
    return folder / f"{name}.csv"


def curves(store: RunStore, folder: Path = SHIPPED) -> dict[str, pd.DataFrame]:
    """A table of epochs for every published preset: of the run with the first seed, else as it
    ships."""
    groups = recipe_groups(store.runs())
    found: dict[str, pd.DataFrame] = {}
    for name, recipe in published_presets().items():
        if done := groups.get(of_any_seed(recipe), []):
            found[name] = store.metrics.epochs(done[0].id)
        elif (table := epochs_path(name, folder)).exists():
            found[name] = pd.read_csv(table)
    return found


def published_presets() -> dict[str, Recipe]:
    """The presets whose file names a source."""
    return {name: recipe for name, recipe in presets().items() if recipe.published.source}


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
    over_seeds = {f"test_{name}": value for name, value in asdict(result.test).items()}
    return (
        fields
        | {"tests": json.dumps(result.tests), "runs": result.runs, "best": result.best}
        | over_seeds
        | {"binomial_error": result.image_error}
    )
