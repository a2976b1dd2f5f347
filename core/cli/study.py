"""`python -m core study`: sets of runs with a question."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli.arguments import On
from core.cli.driving import definition_of, drive_here, written
from core.cli.terminal import confirm, console
from core.errors import ConvscopeError
from core.runs.store import RunStore
from core.tables import table
from core.wording import amount, duration, moment

if TYPE_CHECKING:
    from core.recipe import Recipe
    from core.runs.studies import StoredStudy
    from core.runs.trials import Trial
    from core.studies.definition import Study

study = typer.Typer(
    help="Searches, seeds, ablations and grids: sets of runs with a question.",
    invoke_without_command=True,
)
Name = Annotated[str, typer.Argument(help="A study's id, or its name.")]
SHOWN = 20  # trials, the best first


@study.callback()
def list_studies(context: typer.Context) -> None:
    """List all studies, newest first."""
    if context.invoked_subcommand is not None:
        return
    store = RunStore()
    rows = []
    for found in store.studies.all():
        counts = store.trials.counts(found.id)
        ended = sum(counts.values()) - counts.get("running", 0)
        kind = found.definition.get("kind", "-")
        rows.append((found.id, kind, found.name, found.status, ended, moment(found.created)))
    columns = ("id", "kind", "name", "status", "trials", "created")
    console.print(table(columns, rows, console.width, texts=3, spare=("created",)))


@study.command()
def new(
    base: Annotated[str, typer.Argument(help="A preset, a .toml recipe, or a .json study.")],
    vary: Annotated[
        list[str] | None,
        typer.Option(
            help="A field with its range, as optimizer.learning_rate=0.001..0.3:log, "
            "model.dropout=0,0.25,0.5, or alone for all that it allows; repeatable."
        ),
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option(help="For an ablation: one factor, as model.batch_norm=false; repeatable."),
    ] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="Change a field of the base; repeatable.")
    ] = None,
    grid: Annotated[bool, typer.Option("--grid", help="Try every pair of two fields.")] = False,
    range_test: Annotated[
        bool, typer.Option("--range-test", help="Find the learning rate: one epoch, ever faster.")
    ] = False,
    name: Annotated[str | None, typer.Option(help="What it is called.")] = None,
    goal: Annotated[str, typer.Option(help="accuracy or loss, of validation images.")] = "accuracy",
    trials: Annotated[int, typer.Option(min=1, help="Of a search, at most.")] = 20,
    minutes: Annotated[float | None, typer.Option(help="Of training in all.")] = None,
    sampler: Annotated[str, typer.Option(help="tpe, cmaes, gp or random.")] = "tpe",
    pruner: Annotated[str, typer.Option(help="median, halving or none.")] = "median",
    seeds: Annotated[int, typer.Option(min=1, help="Runs of each setting.")] = 1,
    storage: Annotated[
        str, typer.Option(help="A database that several drivers share, as postgresql+psycopg://…")
    ] = "",
) -> None:
    """Ask a question: --vary searches (or tries a --grid), --change ablates, neither trains seeds.

    It begins as soon as a server of this store runs, or by `study run`.
    """
    from core.studies.begin import create_study

    options = {"goal": goal, "trials": trials, "minutes": minutes, "sampler": sampler}
    options |= {"pruner": pruner, "seeds": seeds, "storage": storage}
    kinds = [kind for kind, wanted in (("grid", grid), ("range", range_test)) if wanted]
    asked = _asked(base, vary or [], change or [], changes or [], kinds, name, options)
    study_id = create_study(RunStore(), asked)
    console.print(f"Study {study_id}: {asked.name}. {_cost(asked)}")
    console.print(f"Drive it here with: python -m core study run {study_id}")


@study.command()
def run(name: Name, on: On = None) -> None:
    """Drive a study here until it is done or paused, with a worker process for each device; Ctrl-C
    stops it."""
    store = RunStore()
    found = drive_here(store, store.studies.find(name).id, on)
    _tell(store, found)


@study.command()
def resume(name: Name) -> None:
    """Let a study go on that paused or was stopped, as soon as a server of this store runs."""
    store = RunStore()
    found = store.studies.find(name)
    store.studies.requeue(found.id)
    console.print(f"'{found.name}' goes on where a server, or `study run {found.id}`, drives it.")


@study.command()
def pause(name: Name) -> None:
    """Begin no further trial, and give way to other studies once those under way are through."""
    store = RunStore()
    store.studies.ask(store.studies.find(name).id, "pause")


@study.command()
def stop(name: Name) -> None:
    """Save and stop the runs under way; `resume` goes on."""
    store = RunStore()
    store.studies.ask(store.studies.find(name).id, "stop")


@study.command()
def show(
    name: Name,
    definition: Annotated[
        bool, typer.Option("--json", help="What it asks, to be asked again elsewhere.")
    ] = False,
) -> None:
    """What a study asks, what was tried, and what it has shown."""
    store = RunStore()
    found = store.studies.find(name)
    if definition:
        console.print(json.dumps(found.definition, indent=2), soft_wrap=True)
        return
    _tell(store, found)


@study.command()
def best(name: Name) -> None:
    """The recipe with the best setting, as TOML, to be trained or changed."""
    from core.studies.verdict import best_recipe

    store = RunStore()
    found = store.studies.find(name)
    recipe = best_recipe(definition_of(found), store.trials.of(found.id))
    console.print(recipe.to_toml(), soft_wrap=True)


@study.command("confirm")
def confirm_best(
    name: Name, seeds: Annotated[int, typer.Option(min=2, help="Fresh ones, of each.")] = 5
) -> None:
    """Ask whether the best setting is better than the base on seeds that the study never used."""
    from core.studies.begin import create_study
    from core.studies.verdict import confirmation

    store = RunStore()
    found = store.studies.find(name)
    trials = store.trials.of(found.id)
    asked = confirmation(definition_of(found), trials, seeds)
    study_id = create_study(store, asked)
    console.print(f"Study {study_id}: {asked.name}. {_cost(asked)}")
    console.print(f"Drive it here with: python -m core study run {study_id}")


@study.command()
def delete(name: Name) -> None:
    """Forget a study and its trials; their runs stay."""
    store = RunStore()
    found = store.studies.find(name)
    confirm(f"Forget the study '{found.name}' ({found.id})?")
    store.studies.delete(found.id)


def _asked(
    base: str,
    vary: list[str],
    change: list[str],
    changes: list[str],
    kinds: list[str],
    name: str | None,
    options: dict[str, Any],
) -> "Study":
    from core.cli.train import changed
    from core.recipe import load_recipe
    from core.studies.definition import Study
    from core.studies.space import range_of

    if base.endswith(".json"):
        if vary or change or changes or kinds or name:
            raise ConvscopeError(
                "A study in JSON says all that it asks; change the file, or write --set, --vary "
                "and --name behind a preset or a recipe."
            )
        return Study.parse(_read(Path(base)))
    recipe = changed(load_recipe(base), changes)
    kinds = kinds or ["search"] * bool(vary) + ["ablation"] * bool(change) or ["seeds"]
    if len(kinds) > 1 or (change and vary) or (kinds == ["range"] and (change or vary)):
        raise ConvscopeError("One question at a time: --vary searches, --change ablates.")
    parts = (each.partition("=") for each in vary)
    space = {path.strip(): range_of(recipe, path.strip(), text) for path, _, text in parts}
    return Study.parse(
        {
            "name": name or f"{recipe.name}: {kinds[0]}"[:100],
            "kind": kinds[0],
            "base": recipe.model_dump(),
            "space": {path: part.model_dump() for path, part in space.items()},
            "settings": _settings(recipe, change) if change else {},
            **options,
        }
    )


def _settings(recipe: "Recipe", change: list[str]) -> dict[str, dict[str, Any]]:
    """Each change alone, by what it is called, after the base as it is."""
    from core.studies.definition import BASE
    from core.studies.space import Choice, named, range_of

    found: dict[str, dict[str, Any]] = {BASE: {}}
    for each in change:
        path, _, text = (part.strip() for part in each.partition("="))
        values = range_of(recipe, path, text) if text else None
        if not isinstance(values, Choice):
            raise ConvscopeError(f"'{each[:80]}' is not a change; write it as field=value.")
        for value in values.values:
            setting = {path: value}
            found[named(setting)] = setting
    return found


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError, RecursionError) as error:
        raise ConvscopeError(f"{path.name[:80]} cannot be read as a study in JSON.") from error


def _cost(asked: "Study") -> str:
    """How many runs it has and how long they take here."""
    from core.machine import devices
    from core.studies.reading import runs_wanted, seconds_expected
    from core.training.speed import speed_here

    seconds, count = seconds_expected(asked, speed_here, len(devices())), runs_wanted(asked)
    runs = amount(count, "run")
    took = (
        "" if seconds is None else f", about {duration(seconds)} of training, less what is pruned"
    )
    return f"{runs}{took if asked.searches else took.partition(', less')[0]}."


def _tell(store: RunStore, found: "StoredStudy") -> None:
    from core.studies.reading import by_chance
    from core.studies.verdict import range_sentence, ranked, sentences

    asked, trials = definition_of(found), store.trials.of(found.id)
    counts = ", ".join(
        f"{count} {status}" for status, count in store.trials.counts(found.id).items()
    )
    console.print(f"{found.name} ({found.id}): {found.status}. {found.message}".strip())
    console.print(
        f"Trials: {counts or 'none yet'}, {duration(store.trials.seconds(found.id))} of training."
    )
    if asked.searches and trials:
        chance = min(by_chance(asked), len(trials))
        console.print(
            f"The first {chance} settings were drawn at random, the others by {asked.sampler}."
        )
    rows = [_row(trial, asked) for trial in ranked(asked, trials)[:SHOWN]]
    if rows:
        console.print(table(("trial", "setting", asked.goal, "runs"), rows, console.width, texts=2))
    for trial in trials:
        if trial.status == "failed":
            console.print(f"Trial {trial.number} ({trial.name}) failed: {trial.message}")
    if asked.searches and rows:
        console.print(
            "The best of many is flattered by having been chosen; `study confirm` trains it and "
            "the base on fresh seeds."
        )
    elif asked.kind == "range":
        console.print(range_sentence(store, trials))
    elif rows:
        console.print(*sentences(store, found.id, trials), sep="\n")


def _row(trial: "Trial", asked: "Study") -> tuple[str, str, str, str]:
    return str(trial.number), trial.name, written(trial, asked), " ".join(trial.runs.values())
