"""`python -m core explain`: where a trained network looked in a picture."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.arguments import Network, content_of, place_for
from core.cli.terminal import console
from core.errors import ConvscopeError
from core.files import atomic_path

if TYPE_CHECKING:
    from torch import Tensor

    from core.explanation import Settings
    from core.explanation.trust import Question
    from core.models.network import Network as TrainedNetwork

SHOWN_SIZE = 384  # pixels, side of an explained picture
FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}  # by suffix
QUALITY = 92  # of a JPEG or WebP, at most 100


def explain(
    network: Network,
    picture: Annotated[Path, typer.Argument(help="A picture file.")],
    method: Annotated[
        str, typer.Option(help="See the list printed for an unknown one.")
    ] = "grad_cam",
    target: Annotated[
        str | None, typer.Option("--class", help="The class to explain; else the likeliest.")
    ] = None,
    against: Annotated[
        str | None, typer.Option(help="What speaks for the class and not for this other one.")
    ] = None,
    layer: Annotated[
        str | None, typer.Option(help="For methods that read one; a wrong name lists all.")
    ] = None,
    trust: Annotated[
        bool, typer.Option("--trust", help="Also say how far the map can be trusted.")
    ] = False,
    to: Annotated[
        Path,
        typer.Option(callback=place_for(*FORMATS), help="Where it goes: .png, .jpg or .webp."),
    ] = Path("explanation.png"),
) -> None:
    """Where the network looked: the picture with a saliency map over it."""
    import numpy as np
    from PIL import Image

    from core.explanation import LAYER, explain, methods_for, overlay
    from core.explanation.trust import Question
    from core.machine import pick_device
    from core.prediction import framed, read_picture, to_input
    from core.runs.checkpoint import load_checkpoint
    from core.runs.networks import find_checkpoint

    trained = load_checkpoint(find_checkpoint(network)).network(pick_device())
    methods = methods_for(trained)
    if method not in methods:
        raise ConvscopeError(
            f"'{method}' is not one of this network's methods: {', '.join(methods)}."
        )
    shown = read_picture(content_of(picture), picture.name)
    image = to_input(shown).unsqueeze(0)
    logits = trained.logits(image)
    for name in (target, against):
        if name is not None and name not in trained.classes:
            raise ConvscopeError(f"'{name}' is not a class: {', '.join(trained.classes)}.")
    number = int(logits.argmax()) if target is None else trained.classes.index(target)
    other = None if against is None else trained.classes.index(against)
    settings = {} if layer is None else {LAYER: layer}
    targets = logits.new_tensor([number]).long()
    attribution = explain(trained, image, targets, method, settings=settings, against=other)[0]
    backdrop = np.asarray(framed(shown, "crop", SHOWN_SIZE))
    drawn = overlay(backdrop, attribution, opacity=0.6, signed=methods[method].signed)
    with atomic_path(to) as temporary:
        Image.fromarray(drawn).save(temporary, FORMATS[to.suffix.lower()], quality=QUALITY)
    rather = "" if against is None else f" rather than '{against}'"
    console.print(f"{methods[method].title} for '{trained.classes[number]}'{rather}: {to}")
    if trust:
        _tell_trust(trained, Question(image[0], number, other), attribution, method, settings)


def _tell_trust(
    network: "TrainedNetwork",
    question: "Question",
    attribution: "Tensor",
    method: str,
    settings: "Settings",
) -> None:
    from core.explanation.trust import chance, measure

    found = measure(network, question, attribution, method, chance(network, question), settings)
    beats = "better than every random order" if found.beats_chance else "not surely so"
    console.print(
        f"Deletion and insertion: {100 * found.mean_gain:+.0f} points against chance, {beats}."
    )
    for title, value in (
        ("Unexplained by the map (infidelity)", found.infidelity),
        ("Moves with a little noise (sensitivity)", found.sensitivity),
        ("Like maps of random weights (rank correlation)", found.unlearned),
    ):
        console.print(f"{title}: {'-' if value is None else f'{value:.2f}'}")
