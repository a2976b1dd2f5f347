"""`python -m core train`: a run with a progress bar, stored like any other."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli.arguments import On
from core.cli.terminal import complain, console
from core.errors import ConvscopeError
from core.recipe import FIRST_PRESET, Recipe, RecipeError, load_recipe
from core.runs.store import RunStore
from core.wording import duration

if TYPE_CHECKING:
    from core.jobs.trainer import Trainer
    from core.runs.run import Run


def train(
    recipe: Annotated[
        str | None, typer.Argument(help=f"A preset's name or a .toml file, else {FIRST_PRESET}.")
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change a field, as optimizer.learning_rate=0.1; repeatable."),
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option(min=0.1, help="Instead: what gets furthest on CIFAR-10 in this time."),
    ] = None,
    resume: Annotated[
        str | None, typer.Option(help="Go on with a stopped or interrupted run, by id or name.")
    ] = None,
    on: On = None,
) -> None:
    """Train a recipe. The run shows up in the app at once; Ctrl-C stops it so it can be resumed."""
    if resume is not None and (recipe or changes or minutes):
        raise ConvscopeError(
            "--resume goes on with a run as it is; give no recipe, --set or --minutes with it."
        )
    if recipe is not None and minutes is not None:
        raise ConvscopeError(
            f"--minutes chooses the recipe; leave out '{recipe[:80]}' or --minutes."
        )
    start = _asked(recipe or FIRST_PRESET, changes or [], minutes) if resume is None else resume
    # A recipe with a mistake is refused before torch is imported.
    from core.cli.following import follow, stoppable

    control, store = stoppable(), RunStore()
    with _trainer(store, on) as trainer:
        run = _claimed(store, start)
        heading = f"Run {run.id}: {run.name}. {run.recipe.about}"
        ended = follow(store, run, control, heading, trainer)
    if ended.status in ("failed", "interrupted"):
        complain(ended.message)
        raise typer.Exit(1)
    scores = ", ".join(f"{split} {value:.2%}" for split, value in ended.accuracies.items())
    console.print(
        f"{ended.message or ended.status} {scores or 'nothing measured yet'} "
        f"in {duration(ended.seconds)} of training.",
    )
    if ended.resumable:
        console.print(f"Go on with: python -m core train --resume {run.id}")


def _claimed(store: RunStore, start: Recipe | str) -> "Run":
    """A new run of a recipe, or one that goes on."""
    if isinstance(start, Recipe):
        return store.get(store.create(start, claimed=True))
    found = store.find(start)
    if not found.resumable:
        raise ConvscopeError(f"'{found.name}' is {found.status}; there is nothing to resume.")
    return store.claim(found.id)


@contextmanager
def _trainer(store: RunStore, on: str | None) -> "Iterator[Trainer]":
    """What trains: the first device here, or a cluster."""
    from core.jobs.trainer import OnDevice
    from core.machine import pick_device

    if on is None:
        yield OnDevice(pick_device())
        return
    from core.cluster.named import cluster_named

    with cluster_named(store, on) as cluster:
        yield cluster.trainer


def _asked(recipe: str, changes: list[str], minutes: float | None) -> Recipe:
    if minutes is None:
        return changed(load_recipe(recipe), changes)
    from core.training.planning import plan
    from core.training.speed import speed_here

    return changed(plan(minutes, speed_here).recipe, changes)


def changed(recipe: Recipe, changes: list[str]) -> Recipe:
    """The recipe with `field=value` changes. Raises RecipeError for one that cannot be made."""
    fields = recipe.model_dump(mode="json")
    for change in changes:
        path, equals, text = (part.strip() for part in change.partition("="))
        if not equals or not all(path.split(".")):
            raise RecipeError(f"'{change[:80]}' is not a change; write it as field=value.")
        *parents, last = path.split(".")
        table = fields
        for parent in parents:
            table = table.setdefault(parent, {})
            if not isinstance(table, dict):
                raise RecipeError(f"{path[:80]} is not a field of a recipe.")
        value = _value(text, is_text=isinstance(table.get(last), str))
        if path == "model.family" and value != table.get("family"):
            table.clear()  # the options of another family mean nothing to this one
        table[last] = value
    return Recipe.parse(fields)


def _value(text: str, is_text: bool) -> Any:
    """A TOML value, or the text itself where that is not one (a name without quotes) or where text
    is asked for (a run's id can look like a number). Raises RecipeError for one without end."""
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except RecursionError as error:
        raise RecipeError(f"{text[:40]} ... is nested too deeply for a recipe.") from error
    except ValueError:  # no TOML, or a number of more digits than Python reads
        return text
    return text if is_text and not isinstance(value, str) else value
