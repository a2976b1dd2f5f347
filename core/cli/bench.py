"""`python -m core bench`: measure this machine; every part prints medians, spreads and ratios."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.arguments import learns_it
from core.cli.terminal import progress_bar
from core.errors import ConvscopeError
from core.recipe import load_recipe

if TYPE_CHECKING:
    from core.models.network import Network

bench = typer.Typer(
    help="Benchmarks; each compares within one run. Those of the pages: python -m app.bench.",
    no_args_is_help=True,
)
Repeats = Annotated[int, typer.Option(min=2, help="Trials of each kind.")]
Seconds = Annotated[float, typer.Option(min=1, help="Seconds a trial.")]
Trained = Annotated[
    str | None,
    typer.Argument(help="A run's id or name, or a .safetensors file; else a fresh network."),
]
FRESH = "cifar10-small"  # the preset whose network is measured when none is named


@bench.command("ceiling")
def ceiling_part() -> None:
    """What this machine computes at best, and each preset's arithmetic at that rate."""
    from core.bench import ceiling

    ceiling.main()


@bench.command("train")
def train_part(
    names: Annotated[list[str] | None, typer.Argument(help="Presets; else a few.")] = None,
    repeats: Repeats = 3,
    seconds: Seconds = 8.0,
) -> None:
    """Images per second against a plain PyTorch loop, and as a share of the ceiling."""
    from core.bench import throughput

    recipes = {name: load_recipe(name) for name in names or throughput.PRESETS}
    throughput.main(recipes, repeats, seconds)


@bench.command("race")
def race_part(
    recipe: Annotated[str, typer.Argument(help="A preset's name or a .toml file.")] = "speed-94",
    epochs: Annotated[
        list[int] | None, typer.Option(help="A budget to anneal to; repeatable. Else its own.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Runs of each kind.")] = 3,
    plain_epochs: Annotated[int, typer.Option(min=0, help="Of the plain loop; 0: none.")] = 10,
    against: Annotated[
        Path | None, typer.Option(help="Another training program, run as it is.")
    ] = None,
) -> None:
    """Time to accuracy on the recipe's data: ours, a plain loop, another program."""
    from core.bench import race
    from core.data import load_dataset

    contestant = load_recipe(recipe)
    data = load_dataset(contestant.data)
    budgets = epochs or [contestant.epochs]
    race.main(race.run_race(contestant, data, seeds, budgets, plain_epochs, against), data)


@bench.command("gpu")
def gpu_part(
    names: Annotated[
        list[str] | None, typer.Argument(help="Presets whose steps are checked; else all.")
    ] = None,
    steps: Annotated[int, typer.Option(min=2, help="Timed, of each kind.")] = 50,
    seeds: Annotated[int, typer.Option(min=0, help="Runs in the race; 0: no race.")] = 10,
    racer: Annotated[str, typer.Option(help="The recipe in the race.")] = "speed-94",
    against: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="Another training program; repeatable."),
    ] = None,
) -> None:
    """All that a GPU should be asked, in one go: right steps, fast steps, the race."""
    from core.bench import gpu
    from core.data import load_dataset
    from core.machine import pick_device
    from core.recipe import presets

    recipes = {name: load_recipe(name) for name in names} if names else presets()
    contestant = load_recipe(racer)
    data = load_dataset(contestant.data) if seeds else None
    gpu.main(recipes, pick_device(), steps, contestant, data, seeds, against or [])


@bench.command("budget")
def budget_part(
    minutes: Annotated[
        list[float] | None, typer.Argument(min=0.1, help="Budgets; else those of the Train page.")
    ] = None,
) -> None:
    """The recipe fitted to so many minutes, trained: what it promised and what it reached."""
    from core.bench import budget
    from core.training.planning import MINUTES

    budget.main(minutes or MINUTES)


@bench.command("data")
def data_part(repeats: Repeats = 5) -> None:
    """Cutting and augmenting batches, against DataLoader and against a training step."""
    from core.bench import data

    data.main(repeats)


@bench.command("labels")
def labels_part(
    recipe: Annotated[
        str, typer.Argument(help="A preset's name or a .toml file.")
    ] = "shapes-quick",
    share: Annotated[float, typer.Option(min=0.001, max=0.4, help="Of the labels to flip.")] = 0.05,
    folds: Annotated[int, typer.Option(min=2, max=20, help="Of cross-validation.")] = 2,
) -> None:
    """Flipped labels among the training images, found again by cross-validation."""
    from core.bench import labels
    from core.bench.report import publish
    from core.data import load_dataset

    trained = load_recipe(recipe)
    data = load_dataset(trained.data)
    with progress_bar(f"Fold 1 of {folds}") as tell:
        found = labels.measured(trained, data, share, folds, tell)
    publish(found)


@bench.command("unknown")
def unknown_part(
    network: Annotated[str, typer.Argument(help="A run, a network that ships, or a file.")],
    photos: Annotated[
        Path | None,
        typer.Option(help="A folder with unknown/KIND/*.jpg and, if you like, known/CLASS/*.jpg."),
    ] = None,
    images: Annotated[int, typer.Option(min=100, help="Test images, at most.")] = 2000,
) -> None:
    """How well a network notices pictures that are unlike all it was trained on."""
    from core.bench import unknown
    from core.bench.report import publish
    from core.data import load_dataset
    from core.machine import pick_device
    from core.prediction.reference import NoReferenceError, load_reference
    from core.runs.checkpoint import load_checkpoint
    from core.runs.networks import find_checkpoint

    path = find_checkpoint(network)
    checkpoint = load_checkpoint(path)
    try:
        reference = load_reference(path)
    except NoReferenceError as error:
        raise ConvscopeError(f"{error} {learns_it(network)}") from error
    photographs = unknown.read_photographs(photos) if photos else None
    card, trained = checkpoint.card, checkpoint.network(pick_device())
    data = load_dataset(card.recipe.data)
    card.ensure_trained_on(data)
    with progress_bar("Drawing pictures") as tell:
        found = unknown.measured(card, trained, reference, data, images, photographs, tell)
    publish(found)


@bench.command("growth")
def growth_part() -> None:
    """500,000 pictures (takes minutes)."""
    from core.bench import growth

    growth.main()


@bench.command("predict")
def predict_part(network: Trained = None, repeats: Repeats = 10) -> None:
    """Predicting: first and repeated use, one picture and 32."""
    from core.bench import answers

    answers.main("predict", *_network(network), repeats)


@bench.command("framing")
def framing_part(
    folder: Annotated[Path, typer.Argument(help="Of photographs: FOLDER/CLASS/PHOTO.")],
    networks: Annotated[list[str], typer.Argument(help="Names, ids or .safetensors files.")],
) -> None:
    """Photographs recognised, by the framings that are averaged."""
    from core.bench import framing

    framing.main(folder, {name: _network(name)[0] for name in networks})


@bench.command("explain")
def explain_part(network: Trained = None, repeats: Repeats = 10) -> None:
    """Explaining by every method: first and repeated use, one picture and 32."""
    from core.bench import answers

    answers.main("explain", *_network(network), repeats)


def _network(name: str | None) -> "tuple[Network, str]":
    """A network on this machine's device, and what to call it."""
    from core.data.cifar10 import NORMALISATION
    from core.machine import pick_device
    from core.models import build_model
    from core.models.network import Network
    from core.runs.checkpoint import load_checkpoint
    from core.runs.networks import find_checkpoint

    if name is not None:
        checkpoint = load_checkpoint(find_checkpoint(name))
        return checkpoint.network(pick_device()), checkpoint.card.recipe.name
    recipe = load_recipe(FRESH)
    classes = tuple(map(str, range(10)))
    model = build_model(recipe.model, len(classes)).to(pick_device()).eval()
    return Network(model, classes, NORMALISATION), f"{FRESH}, untrained"


@bench.command("studies")
def studies_part(
    trials: Annotated[int, typer.Option(min=10, help="Of the study.")] = 2000,
    slots: Annotated[int, typer.Option(min=1, help="Under way at once.")] = 100,
    sampler: Annotated[str, typer.Option(help="random, tpe, gp or cmaes.")] = "random",
    train: Annotated[bool, typer.Option("--train", help="One step each, by workers here.")] = False,
) -> None:
    """What a study's driver costs a trial, as the trials grow; nothing is trained unless asked."""
    from core.bench import studies
    from core.bench.report import publish

    publish(studies.measured(trials, slots, sampler, train))
