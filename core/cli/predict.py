"""`python -m core predict`: what a trained network takes pictures for."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.arguments import Network, content_of, learns_it
from core.cli.terminal import complain, console
from core.errors import ConvscopeError
from core.wording import counted, in_one_line, probability

if TYPE_CHECKING:
    from core.models.network import Network as TrainedNetwork
    from core.prediction.familiarity import Reference


def predict(
    network: Network,
    pictures: Annotated[list[Path], typer.Argument(help="Picture files.")],
    k: Annotated[int, typer.Option("-k", min=1, help="How many classes to list.")] = 3,
) -> None:
    """What the network takes pictures for, and whether they are like what it was trained on.

    A picture that cannot be read is told, the others are answered, and the exit code is 1.
    """
    from core.machine import pick_device
    from core.runs.checkpoint import load_checkpoint
    from core.runs.networks import find_checkpoint

    path = find_checkpoint(network)
    trained = load_checkpoint(path).network(pick_device())
    reference = _reference(path, network)
    refused = 0
    for file in pictures:
        try:
            _answer(trained, reference, file, k)
        except ConvscopeError as error:
            complain(str(error))
            refused += 1
    if refused and len(pictures) > 1:
        complain(f"{counted(refused).capitalize()} of {len(pictures)} pictures had no answer.")
    if refused:
        raise typer.Exit(1)


def _answer(trained: "TrainedNetwork", reference: "Reference | None", file: Path, k: int) -> None:
    """Raises ConvscopeError where the file cannot be read or the network has no answer."""
    from core.prediction import familiarity, predict, read_picture, size_notes, to_input

    picture, name = read_picture(content_of(file), file.name), in_one_line(file.name)
    for note in (*picture.notes, *size_notes(picture)):
        console.print(f"{name}: {note}", style="dim")
    image = to_input(picture).unsqueeze(0)
    best = predict(trained, image, k)[0]
    guesses = zip(best.classes, best.probabilities, strict=True)
    text = ", ".join(f"{name} {probability(share)}" for name, share in guesses)
    if reference is None:
        console.print(f"{name}: {text}")
        return
    found = familiarity(trained, reference, image)[0]
    like = ", ".join(f"{near.name} #{near.image}" for near in found.neighbours)
    unlike = "unlike anything it was trained on; it would say " if found.unlike else ""
    nearest = "Least unlike it" if found.unlike else "Most like it"
    console.print(f"{name}: {unlike}{text}")
    console.print(f"  {nearest} among training images: {like}", style="dim")


def _reference(checkpoint: Path, network: str) -> "Reference | None":
    from core.prediction.reference import NoReferenceError, load_reference

    try:
        return load_reference(checkpoint)
    except NoReferenceError as error:
        console.print(f"{error} {learns_it(network)}", style="dim")
        return None
