"""`python -m core explain`: where a trained network looked in a picture."""

from pathlib import Path
from typing import Annotated

import typer

from core.cli.arguments import Network, content_of, place
from core.cli.terminal import console
from core.errors import ConvscopeError
from core.files import atomic_path

SHOWN_SIZE = 384  # pixels, side of an explained picture


def explain(
    network: Network,
    picture: Annotated[Path, typer.Argument(help="A picture file.")],
    method: Annotated[
        str, typer.Option(help="See the list printed for an unknown one.")
    ] = "grad_cam",
    target: Annotated[
        str | None, typer.Option("--class", help="The class to explain; else the likeliest.")
    ] = None,
    to: Annotated[Path, typer.Option(callback=place, help="Where the PNG goes.")] = Path(
        "explanation.png"
    ),
) -> None:
    """Where the network looked: the picture with a saliency map over it, as a PNG."""
    import numpy as np
    from PIL import Image

    from core.explanation import explain, methods_for, overlay
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
    if target is not None and target not in trained.classes:
        raise ConvscopeError(f"'{target}' is not a class: {', '.join(trained.classes)}.")
    number = int(logits.argmax()) if target is None else trained.classes.index(target)
    attribution = explain(trained, image, logits.new_tensor([number]).long(), method)[0]
    backdrop = np.asarray(framed(shown, "crop", SHOWN_SIZE))
    drawn = overlay(backdrop, attribution, opacity=0.6, signed=methods[method].signed)
    with atomic_path(to) as temporary:
        Image.fromarray(drawn).save(temporary, "PNG")
    console.print(f"{methods[method].title} for '{trained.classes[number]}': {to}")
