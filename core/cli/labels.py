"""`python -m core labels`: labels that are probably wrong."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.arguments import Network, place, place_for
from core.cli.terminal import console, progress_bar
from core.errors import ConvscopeError
from core.files import write_atomically
from core.tables import table

if TYPE_CHECKING:
    from core.data import Dataset
    from core.evaluation.logits import SplitLogits
    from core.runs.checkpoint import Card

PRINTED, DRAWN = 20, 50  # suspects


def labels(
    network: Network,
    split: Annotated[str, typer.Option(help="test, validation or train.")] = "test",
    by: Annotated[
        str, typer.Option(help="Preset to cross-validate for train; else the network's recipe.")
    ] = "",
    folds: Annotated[int, typer.Option(min=2, max=20, help="Of cross-validation.")] = 2,
    csv: Annotated[
        Path | None, typer.Option(callback=place, help="Write all suspects here.")
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option(callback=place_for(".png"), help="Draw the first 50 here, a PNG."),
    ] = None,
) -> None:
    """Labels that are probably wrong, the most suspect first.

    By what the network says of images that it never saw. For training images networks are trained
    first, each without those that it is asked about; Ctrl-C stops that.
    """
    if split not in ("train", "validation", "test"):
        raise ConvscopeError(f"'{split}' is not a split; choose test, validation or train.")
    if csv is not None and csv == picture:
        raise ConvscopeError(f"{csv.name[:80]} cannot be both the CSV and the picture; name two.")
    from scipy.special import softmax

    from core.data import load_dataset
    from core.evaluation.label_errors import suspects
    from core.evaluation.logits import stored_logits
    from core.evaluation.suspect_sheet import suspect_sheet
    from core.machine import pick_device
    from core.runs.checkpoint import load_card
    from core.runs.networks import find_checkpoint

    path = find_checkpoint(network)
    card = load_card(path)
    options = card.recipe.data
    if split == "train":
        evaluated = _cross_validated(card, load_dataset(options), by, folds)
    else:
        evaluated = stored_logits(path, split, lambda: load_dataset(options), pick_device())
    found = suspects(softmax(evaluated.logits / card.temperature, axis=1), evaluated.labels)
    names = dict(enumerate(card.classes))
    told = found.assign(given=found["given"].map(names), suggested=found["suggested"].map(names))
    console.print(
        f"{card.data_name}, {len(evaluated.labels):,} {split} images: {len(found):,} labels are "
        f"contradicted, {found['confident'].sum():,} of them confidently."
    )
    columns = ["given", "suggested", "index", "self_confidence", "margin"]
    rows = [
        [given, suggested, str(index), f"{own:.3f}", f"{margin:.3f}"]
        for given, suggested, index, own, margin in told[columns].head(PRINTED).to_numpy()
    ]
    console.print(table(columns, rows, console.width, texts=2))
    if csv is not None:
        write_atomically(csv, told.to_csv(index=False).encode())
    if picture is not None:
        pictures = load_dataset(options).split(split).images.numpy()
        write_atomically(picture, suspect_sheet(pictures, found.head(DRAWN), card.classes))


def _cross_validated(card: "Card", data: "Dataset", by: str, folds: int) -> "SplitLogits":
    """What networks of a preset, or of the network's own recipe, say of the training images."""
    from core.recipe import load_recipe
    from core.training.folds import cross_validated

    card.ensure_trained_on(data)
    recipe = load_recipe(by) if by else card.recipe
    try:
        console.print(f"Training {folds} networks of {recipe.name}, each without what it is asked.")
        with progress_bar(f"Fold 1 of {folds}") as tell:
            return cross_validated(recipe, data, folds, report=tell)
    except KeyboardInterrupt:
        raise ConvscopeError(
            "Stopped; nothing is kept of these networks, and the same command begins anew."
        ) from None
