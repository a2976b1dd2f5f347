"""`python -m core evaluate | predict | explain`: what a trained network knows."""

import math
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from PIL import Image
from rich.table import Table

from core.cli.terminal import console
from core.data import load_dataset
from core.decoding import MAX_FILE_BYTES
from core.errors import ConvscopeError
from core.evaluation.logits import stored_judged
from core.evaluation.metrics import confusion_matrix, most_confused, per_class, top_k_accuracy
from core.explanation import explain as attribute
from core.explanation import methods_for, overlay
from core.files import atomic_path
from core.machine import pick_device
from core.prediction import framed, read_picture, to_input
from core.prediction import predict as classify
from core.runs.checkpoint import load_card, load_checkpoint
from core.runs.networks import find_checkpoint

Network = Annotated[
    str, typer.Argument(help="A run, a network that ships, or a .safetensors file.")
]
SHOWN_SIZE = 384  # pixels, side of an explained picture


def evaluate(
    network: Network,
    split: Annotated[str, typer.Option(help="train, validation or test.")] = "test",
    several_views: Annotated[
        bool, typer.Option("--several-views", help="Average six views (test-time augmentation).")
    ] = False,
) -> None:
    """Accuracy, per-class figures and the most confused pairs."""
    if split not in ("train", "validation", "test"):
        raise ConvscopeError(f"'{split}' is not a split; choose train, validation or test.")
    path = find_checkpoint(network)
    card = load_card(path)
    judged = stored_judged(
        path, split, lambda: load_dataset(card.recipe.data), pick_device(), several_views
    )
    matrix = confusion_matrix(judged.logits, judged.labels)
    one = top_k_accuracy(judged.logits, judged.labels, 1)
    two = top_k_accuracy(judged.logits, judged.labels, 2)
    console.print(f"{card.recipe.name} on {card.data_name}, {len(judged.labels):,} {split} images")
    console.print(f"top-1 {one:.2%}, top-2 {two:.2%}")
    console.print(_table(per_class(matrix, card.classes)))
    console.print(_table(most_confused(matrix, card.classes, 5)))


def predict(
    network: Network,
    pictures: Annotated[list[Path], typer.Argument(help="Picture files.")],
    k: Annotated[int, typer.Option("-k", min=1, help="How many classes to list.")] = 3,
) -> None:
    """What the network takes pictures for."""
    trained = load_checkpoint(find_checkpoint(network)).network(pick_device())
    for path in pictures:
        picture = read_picture(_content(path), path.name)
        for note in picture.notes:
            console.print(f"{path.name}: {note}", style="dim")
        best = classify(trained, to_input(picture).unsqueeze(0), k)[0]
        guesses = zip(best.classes, best.probabilities, strict=True)
        text = ", ".join(f"{name} {probability:.1%}" for name, probability in guesses)
        console.print(f"{path.name}: {text}")


def explain(
    network: Network,
    picture: Annotated[Path, typer.Argument(help="A picture file.")],
    method: Annotated[
        str, typer.Option(help="See the list printed for an unknown one.")
    ] = "grad_cam",
    target: Annotated[
        str | None, typer.Option("--class", help="The class to explain; else the likeliest.")
    ] = None,
    to: Annotated[Path, typer.Option(help="Where the PNG goes.")] = Path("explanation.png"),
) -> None:
    """Where the network looked: the picture with a saliency map over it, as a PNG."""
    trained = load_checkpoint(find_checkpoint(network)).network(pick_device())
    methods = methods_for(trained)
    if method not in methods:
        raise ConvscopeError(
            f"'{method}' is not one of this network's methods: {', '.join(methods)}."
        )
    shown = read_picture(_content(picture), picture.name)
    image = to_input(shown).unsqueeze(0)
    logits = trained.logits(image)
    if target is not None and target not in trained.classes:
        raise ConvscopeError(f"'{target}' is not a class: {', '.join(trained.classes)}.")
    number = int(logits.argmax()) if target is None else trained.classes.index(target)
    attribution = attribute(trained, image, logits.new_tensor([number]).long(), method)[0]
    backdrop = np.asarray(framed(shown, "crop", SHOWN_SIZE))
    drawn = overlay(backdrop, attribution, opacity=0.6, signed=methods[method].signed)
    with atomic_path(to) as temporary:
        Image.fromarray(drawn).save(temporary, "PNG")
    console.print(f"{methods[method].title} for '{trained.classes[number]}': {to}")


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)  # more is refused by whoever decodes it
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no file has such a name"
        raise ConvscopeError(f"{str(path)[:300]} cannot be read ({why}).") from error


def _table(frame: pd.DataFrame) -> Table:
    table = Table(*[str(column) for column in frame.columns])
    for row in frame.itertuples(index=False):
        table.add_row(*map(_cell, row))
    return table


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "-" if math.isnan(value) else f"{value:.3f}"
    return str(value)
