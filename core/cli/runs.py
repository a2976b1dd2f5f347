"""`python -m core runs`: the stored runs."""

from pathlib import Path
from typing import Annotated

import typer

from core.cli.arguments import place_for
from core.cli.terminal import confirm, console
from core.files import write_atomically
from core.runs.export import run_as_csv, run_as_zip
from core.runs.run import Request
from core.runs.store import RunStore
from core.tables import table
from core.wording import duration, moment, percent

runs = typer.Typer(
    help="List, steer, describe, export and delete runs.", invoke_without_command=True
)
RunName = Annotated[str, typer.Argument(help="A run's id, or its name.")]


@runs.callback()
def list_runs(context: typer.Context) -> None:
    """List all runs, newest first."""
    if context.invoked_subcommand is not None:
        return
    store = RunStore()
    found = store.runs()
    rows = [
        (
            run.id,
            run.status,
            run.name,
            f"{run.epochs_done}/{run.recipe.epochs}",
            *(percent(run.accuracies.get(split)) for split in ("validation", "test")),
            duration(run.seconds),
            moment(run.created),
        )
        for run in found
    ]
    columns = ("id", "status", "name", "epochs", "validation", "test", "training", "created")
    console.print(table(columns, rows, console.width, texts=3, spare=("created", "validation")))
    if others := store.count() - len(found):
        console.print(
            f"Left out, as they are damaged or another version of Convscope stored them: {others}"
        )


@runs.command()
def show(run: RunName) -> None:
    """A run's recipe, as TOML, and what happened to it."""
    store = RunStore()
    found = store.find(run)
    console.print(found.recipe.to_toml(), soft_wrap=True)
    for when, text in store.history(found.id):
        console.print(f"{moment(when)}  {text}")


@runs.command()
def pause(run: RunName) -> None:
    """Let a run wait after its present step, whichever process trains it."""
    _request(run, "pause")


@runs.command()
def unpause(run: RunName) -> None:
    """Let a paused run go on."""
    _request(run, None)


@runs.command()
def stop(run: RunName) -> None:
    """Save and stop a run; `train --resume` goes on with it."""
    _request(run, "stop")


def _request(name: str, request: Request | None) -> None:
    store = RunStore()
    store.request(store.find(name).id, request)


@runs.command()
def rename(run: RunName, name: str) -> None:
    """Give a run another display name."""
    store = RunStore()
    store.rename(store.find(run).id, name)


@runs.command()
def note(
    run: RunName,
    text: str,
    tag: Annotated[list[str] | None, typer.Option(help="A tag; repeatable.")] = None,
) -> None:
    """Set a run's notes and tags."""
    store = RunStore()
    store.describe(store.find(run).id, notes=text, tags=tag or [])


@runs.command()
def delete(run: RunName) -> None:
    """Delete a run and its files for good."""
    store = RunStore()
    found = store.find(run)
    confirm(f"Delete '{found.name}' ({found.id}) and its checkpoint?")
    store.delete(found.id)
    store.purge(found.id)


@runs.command()
def export(
    run: RunName,
    to: Annotated[
        Path, typer.Argument(callback=place_for(".zip", ".csv"), help="A .zip or .csv file.")
    ],
) -> None:
    """Write everything about a run as .zip, or its epochs as .csv."""
    store = RunStore()
    found = store.find(run)
    content = (
        run_as_csv(store, found.id) if to.suffix.lower() == ".csv" else run_as_zip(store, found.id)
    )
    write_atomically(to, content)
    console.print(f"Wrote {to}.")
