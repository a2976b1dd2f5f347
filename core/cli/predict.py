"""`python -m core predict`: what a trained network takes pictures for."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.arguments import Network, content_of
from core.cli.terminal import console

if TYPE_CHECKING:
    from core.prediction.familiarity import Reference


def predict(
    network: Network,
    pictures: Annotated[list[Path], typer.Argument(help="Picture files.")],
    k: Annotated[int, typer.Option("-k", min=1, help="How many classes to list.")] = 3,
) -> None:
    """What the network takes pictures for, and whether they are like what it was trained on."""
    from core.machine import pick_device
    from core.prediction import familiarity, predict, read_picture, to_input
    from core.runs.checkpoint import load_checkpoint
    from core.runs.networks import find_checkpoint

    path = find_checkpoint(network)
    trained = load_checkpoint(path).network(pick_device())
    reference = _reference(path, network)
    for file in pictures:
        picture = read_picture(content_of(file), file.name)
        for note in picture.notes:
            console.print(f"{file.name}: {note}", style="dim")
        image = to_input(picture).unsqueeze(0)
        best = predict(trained, image, k)[0]
        guesses = zip(best.classes, best.probabilities, strict=True)
        text = ", ".join(f"{name} {probability:.1%}" for name, probability in guesses)
        if reference is None:
            console.print(f"{file.name}: {text}")
            continue
        found = familiarity(trained, reference, image)[0]
        unlike = "unlike anything it was trained on; it would say " if found.unlike else ""
        like = ", ".join(f"{near.name} #{near.image}" for near in found.neighbours)
        console.print(f"{file.name}: {unlike}{text}")
        console.print(f"  Most like it among training images: {like}", style="dim")


def _reference(checkpoint: Path, network: str) -> "Reference | None":
    from core.prediction.reference import NoReferenceError, load_reference

    try:
        return load_reference(checkpoint)
    except NoReferenceError as error:
        console.print(f"{error} `python -m core familiarity {network}` learns it.", style="dim")
        return None
