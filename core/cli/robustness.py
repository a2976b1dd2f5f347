"""`python -m core robustness`: what corruptions, shifts and attacks leave of the accuracy."""

from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.arguments import Network
from core.cli.terminal import console, progress_bar
from core.errors import ConvscopeError
from core.tables import table

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from core.robustness.report import RobustnessReport

IMAGES = 1000


def robustness(
    network: Network,
    images: Annotated[int, typer.Option(help="How many test images, each class in turn.")] = IMAGES,
) -> None:
    """Accuracy under 19 corruptions, when shifted by pixels, and under attack.

    Computed once and kept beside the network. Ctrl-C stops it; the same command goes on.
    """
    from core.runs.checkpoint import load_card
    from core.runs.networks import find_checkpoint

    path = find_checkpoint(network)
    card = load_card(path)
    try:
        found = _measured(path, images)
    except KeyboardInterrupt:
        raise ConvscopeError("Stopped; the same command goes on from here.") from None
    fewer = ", which are all" if found.images < images else ""
    console.print(f"{card.recipe.name} on {card.data_name}, {found.images:,} test images{fewer}")
    _print(found)


def _measured(path: "Path", images: int) -> "RobustnessReport":
    from core.data import load_dataset
    from core.machine import pick_device
    from core.robustness.measure import robustness_of
    from core.runs.checkpoint import load_card

    options = load_card(path).recipe.data
    with progress_bar("Loading the data") as tell:
        return robustness_of(path, lambda: load_dataset(options), images, pick_device(), tell)


def _print(found: "RobustnessReport") -> None:
    import numpy as np

    from core.evaluation.metrics import wilson_interval
    from core.robustness.attack import EPSILONS
    from core.robustness.corruptions import CORRUPTIONS, SEVERITIES
    from core.robustness.shifts import DISTANCES

    low, high = wilson_interval(found.clean, found.images)
    console.print(
        f"as they are {found.clean / found.images:.1%} (95 % interval {low:.1%} to {high:.1%}), "
        f"mean corruption error {found.mean_corruption_error:.1%}\n"
    )
    rows = [
        (CORRUPTIONS[name].title, CORRUPTIONS[name].family, *_percents(found.accuracy(name)))
        for name in CORRUPTIONS
    ]
    rows.append(("Mean of 15", "", *_percents(found.mean_accuracy)))
    heads = ("accuracy (%) at severity", "family", *map(str, SEVERITIES), "mean")
    console.print(table(heads, rows, console.width, texts=2, spare=("family", "4", "2", "3")))
    assert found.shifts is not None and found.attacked is not None
    right = np.array(list(found.shifts.right.values())) / found.images
    heads = ("accuracy (%) when shifted by pixels", *map(str, DISTANCES))
    rows = [
        ("mean of 8 directions", *(f"{100 * share:.1f}" for share in right.mean(0))),
        ("worst direction", *(f"{100 * share:.1f}" for share in right.min(0))),
    ]
    console.print(table(heads, rows, console.width))
    console.print(f"The answer stays the same at one pixel for {found.consistency:.1%}.\n")
    heads = ("accuracy under attack, at most (%), at epsilon", *(f"{e}/255" for e in EPSILONS))
    under_attack = [f"{100 * count / found.images:.1f}" for count in found.attacked]
    console.print(table(heads, [("projected gradient descent", *under_attack)], console.width))


def _percents(shares: "np.ndarray") -> tuple[str, ...]:
    return (*(f"{100 * share:.1f}" for share in shares), f"{100 * shares.mean():.1f}")
