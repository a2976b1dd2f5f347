"""`python -m core predict`: what a trained network takes pictures for."""

from pathlib import Path
from typing import Annotated

import typer

from core.cli.arguments import Network, content_of
from core.cli.terminal import console


def predict(
    network: Network,
    pictures: Annotated[list[Path], typer.Argument(help="Picture files.")],
    k: Annotated[int, typer.Option("-k", min=1, help="How many classes to list.")] = 3,
) -> None:
    """What the network takes pictures for."""
    from core.machine import pick_device
    from core.prediction import predict, read_picture, to_input
    from core.runs.checkpoint import load_checkpoint
    from core.runs.networks import find_checkpoint

    trained = load_checkpoint(find_checkpoint(network)).network(pick_device())
    for path in pictures:
        picture = read_picture(content_of(path), path.name)
        for note in picture.notes:
            console.print(f"{path.name}: {note}", style="dim")
        best = predict(trained, to_input(picture).unsqueeze(0), k)[0]
        guesses = zip(best.classes, best.probabilities, strict=True)
        text = ", ".join(f"{name} {probability:.1%}" for name, probability in guesses)
        console.print(f"{path.name}: {text}")
