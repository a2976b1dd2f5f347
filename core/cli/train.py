"""`python -m core train`: a run with a progress bar, stored like any other."""

import signal
import tomllib
from types import FrameType
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.cli.terminal import complain, console
from core.errors import ConvscopeError
from core.jobs import execute
from core.machine import pick_device
from core.recipe import Recipe, RecipeError, load_recipe
from core.runs.store import RunStore
from core.training import Control, events
from core.training.budget import plan
from core.wording import duration


def train(
    recipe: Annotated[
        str, typer.Argument(help="A preset's name or a .toml file.")
    ] = "shapes-quick",
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
) -> None:
    """Train a recipe. The run shows up in the app at once; Ctrl-C stops it so it can be resumed."""
    store = RunStore()
    if resume is None:
        start = load_recipe(recipe) if minutes is None else plan(minutes, pick_device()).recipe
        run = store.get(store.create(_changed(start, changes or []), claimed=True))
    else:
        found = store.find(resume)
        if not found.resumable:
            raise ConvscopeError(f"'{found.name}' is {found.status}; there is nothing to resume.")
        run = store.claim(found.id)
    control = Control()
    _stop_on_interrupt(control)
    console.print(f"Run {run.id}: {run.name}. {run.recipe.about}", highlight=False)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
    ) as progress:
        task = progress.add_task("loading the data", total=None)
        for event in execute(store, run, control, pick_device()):
            _show(progress, task, event)
    ended = store.get(run.id)
    if ended.status == "failed":
        complain(ended.message)
        raise typer.Exit(1)
    scores = ", ".join(f"{split} {value:.2%}" for split, value in ended.accuracies.items())
    console.print(
        f"{ended.message or ended.status} {scores or 'nothing measured yet'} "
        f"in {duration(ended.seconds)} of training.",
        highlight=False,
    )
    if ended.resumable:
        console.print(f"Go on with: python -m core train --resume {run.id}", highlight=False)


def _show(progress: Progress, task: Any, event: events.Event) -> None:
    match event:
        case events.Started():
            progress.update(task, total=event.total_steps, completed=event.step)
        case events.Steps():
            done = event.first + len(event.loss)
            text = f"loss {event.loss[-1]:.3f}  {event.images_per_second:,.0f} images/s"
            progress.update(task, completed=done, description=text)
        case events.EpochEnded():
            progress.console.print(
                f"epoch {event.epoch:3}  train {event.train_loss:.3f} {event.train_accuracy:.2%}  "
                f"validation {event.validation_loss:.3f} {event.validation_accuracy:.2%}  "
                f"{event.images_per_second:,.0f} images/s{'  best' if event.best else ''}",
                highlight=False,
            )


def _stop_on_interrupt(control: Control) -> None:
    """The first Ctrl-C saves and stops; a second one, should that hang, ends the program."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        control.stop()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


def _changed(recipe: Recipe, changes: list[str]) -> Recipe:
    fields = recipe.model_dump(mode="json")
    for change in changes:
        path, equals, text = (part.strip() for part in change.partition("="))
        if not equals:
            raise RecipeError(f"'{change}' is not a change; write it as field=value.")
        *parents, last = path.split(".")
        table = fields
        for parent in parents:
            table = table.setdefault(parent, {})
            if not isinstance(table, dict):
                raise RecipeError(f"{path} is not a field of a recipe.")
        value = _value(text)
        if path == "model.family" and value != table["family"]:
            table.clear()  # the options of another family mean nothing to this one
        table[last] = value
    return Recipe.parse(fields)


def _value(text: str) -> Any:
    """A TOML value, or the text itself where that is not one (a name without quotes)."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
