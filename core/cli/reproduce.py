"""`python -m core reproduce` and `compare`: presets over seeds, and what came of it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from core.cli.arguments import place
from core.cli.terminal import console
from core.errors import ConvscopeError
from core.files import write_atomically
from core.recipe import Recipe, load_recipe
from core.runs.store import RunStore
from core.tables import table

OnlyTable = Annotated[bool, typer.Option("--only-table", help="Train nothing; tell what there is.")]
Into = Annotated[
    Path | None, typer.Option(callback=place, help="A Markdown file whose table is renewed.")
]
Ship = Annotated[bool, typer.Option("--ship", help="Let the outcome ship with the project.")]
SPARE = ("parameters", "MFLOP", "train", "validation", "95 % interval", "best seed")
PUBLISHED = "Published systems"  # the study of presets
Seeds = Annotated[int, typer.Option(min=1, help="Runs of each recipe, with seeds 0, 1, ...")]


def reproduce(
    names: Annotated[
        list[str] | None, typer.Argument(help="Presets; else all of CIFAR-10.")
    ] = None,
    seeds: Seeds = 1,
    data: Annotated[
        str | None,
        typer.Option(help="Train on these instead: shapes, or a folder or archive of pictures."),
    ] = None,
    only_table: OnlyTable = False,
    into: Into = None,
    csv: Annotated[
        Path | None, typer.Option(callback=place, help="Where the table goes as CSV.")
    ] = None,
    ship: Ship = False,
) -> None:
    """Train presets one after another and set what they reach beside what was published.

    On other pictures (--data) nothing is published, and the table tells which preset suits them.
    What is finished is not trained again, and what broke off goes on: call it until it is through.
    A preset without a run of your own stands in the table as it ships. A narrow terminal has no
    room for all its columns; --into and --csv have.
    """
    from core.reproduce import results
    from core.reproduce.results_table import COLUMNS, cells, legend, results_table
    from core.reproduce.seed_runs import on_data
    from core.studies.known import on_present_data

    recipes = {name: load_recipe(name) for name in names or results.published_presets()}
    if data is not None:
        recipes = {name: on_data(recipe, data) for name, recipe in recipes.items()}
    store = RunStore()
    if not only_table:
        _train_all(store, PUBLISHED, recipes, seeds)
    found = results.standing(recipes, on_present_data(store.runs()))
    if found:
        rows = [cells(result) for result in found]
        console.print(table(COLUMNS, rows, console.width, spare=SPARE))
        console.print("", legend(found), sep="\n")
    else:
        console.print("No run of these recipes is finished.")
    if into is not None:
        renew(into, "results", results_table(found))
    if csv is not None:
        write_atomically(csv, results.as_csv(found).encode())
    if ship:
        results.keep_results(store)


def compare(
    name: Annotated[str, typer.Argument(help="activations or regularisation.")],
    seeds: Seeds = 3,
    only_table: OnlyTable = False,
    into: Into = None,
    ship: Ship = False,
) -> None:
    """Train the variants of a comparison over seeds and read the outcome in plain words.

    Where none of them has a run of your own, --only-table tells what ships.
    """
    from core.comparison.verdicts import cells, columns, verdict_table, verdicts
    from core.reproduce.comparisons import comparisons, keep, kept, reached

    if name not in comparisons():
        raise ConvscopeError(f"'{name}' is not a comparison; choose {' or '.join(comparisons())}.")
    comparison = comparisons()[name]
    store = RunStore()
    if not only_table:
        _train_all(store, comparison.title, comparison.variants, seeds)
    accuracies = reached(comparison, store.runs()) or (kept(name) if only_table else {})
    if not accuracies:
        baseline = next(iter(comparison.variants))
        raise ConvscopeError(
            f"No run of {baseline}, with which the others are compared, has finished; `runs` tells "
            "why."
        )
    read = verdicts(accuracies)
    console.print(table(columns(read), [cells(verdict) for verdict in read], console.width))
    console.print("", *(verdict.sentence for verdict in read), sep="\n")
    if into is not None:
        renew(into, name, verdict_table(read))
    if ship:
        keep(name, accuracies)


def ship_network(
    run: Annotated[str, typer.Argument(help="A finished run's id or name.")],
    name: Annotated[str, typer.Argument(help="The preset's name, which becomes the file's.")],
) -> None:
    """Put a run's network among those that ship: float16 weights, a card, its test logits."""
    from core.reproduce.ship import ship

    store = RunStore()
    path = ship(store, store.find(run), name)
    console.print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")


def _train_all(store: RunStore, name: str, recipes: Mapping[str, Recipe], seeds: int) -> None:
    """As a study: seed by seed, so that every recipe has a first figure soon. Raises
    ConvscopeError where the user stops it."""
    from core.cli.driving import drive_here
    from core.studies.begin import ask_again, over_seeds
    from core.studies.known import missing, on_present_data

    if not missing(on_present_data(store.runs()), recipes.values(), seeds):
        return
    study_id = ask_again(store, over_seeds(name, recipes, seeds))
    if drive_here(store, study_id).status in ("stopped", "paused"):
        raise ConvscopeError("Stopped; the same command goes on from here.")


def marks(name: str) -> tuple[str, str]:
    """The lines between which the table of this name stands in a Markdown file."""
    return f"<!-- {name}: made by python -m core -->", f"<!-- end of {name} -->"


def renew(path: Path, name: str, table: str) -> None:
    """Replace the table of this name in `path`. Raises ConvscopeError when it has no place."""
    try:
        text = path.read_text()
    except (OSError, UnicodeError) as error:
        raise ConvscopeError(f"{path} cannot be read as text.") from error
    start, end = marks(name)
    if start not in text or end not in text:
        raise ConvscopeError(f"{path} has no place for the table: the lines {start} and {end}.")
    pattern = re.compile(f"{re.escape(start)}.*{re.escape(end)}", re.DOTALL)
    renewed = pattern.sub(lambda _: f"{start}\n\n{table}\n{end}", text)
    write_atomically(path, renewed.encode())
