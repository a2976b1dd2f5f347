"""`python -m core evaluate`: how often a trained network is right, and what it confuses."""

import math
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.arguments import Network
from core.cli.terminal import console
from core.errors import ConvscopeError
from core.tables import table

if TYPE_CHECKING:
    import pandas as pd


def evaluate(
    network: Network,
    split: Annotated[str, typer.Option(help="train, validation or test.")] = "test",
    tta: Annotated[
        bool,
        typer.Option(
            "--tta", "--several-views", help="Test-time augmentation: average six views of each."
        ),
    ] = False,
) -> None:
    """Accuracy, per-class figures and the most confused pairs."""
    if split not in ("train", "validation", "test"):
        raise ConvscopeError(f"'{split}' is not a split; choose train, validation or test.")
    from core.data import load_dataset
    from core.evaluation.logits import stored_logits
    from core.evaluation.metrics import confusion_matrix, most_confused, per_class, top_k_accuracy
    from core.machine import pick_device
    from core.runs.checkpoint import load_card
    from core.runs.networks import find_checkpoint

    path = find_checkpoint(network)
    card = load_card(path)
    evaluated = stored_logits(
        path, split, lambda: load_dataset(card.recipe.data), pick_device(), tta
    )
    matrix = confusion_matrix(evaluated.logits, evaluated.labels)
    one = top_k_accuracy(evaluated.logits, evaluated.labels, 1)
    two = top_k_accuracy(evaluated.logits, evaluated.labels, 2)
    console.print(
        f"{card.recipe.name} on {card.data_name}, {len(evaluated.labels):,} {split} images"
    )
    console.print(f"top-1 {one:.2%}, top-2 {two:.2%}")
    _print(per_class(matrix, card.classes), texts=1)
    _print(most_confused(matrix, card.classes, 5), texts=2)


def _print(frame: "pd.DataFrame", texts: int) -> None:
    rows = [[_cell(value) for value in row] for row in frame.itertuples(index=False)]
    console.print()
    console.print(table(list(frame.columns), rows, console.width, texts))


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "-" if math.isnan(value) else f"{value:.3f}"
    return str(value)
