"""`python -m core familiarity`: learn what is familiar to a network."""

from core.cli.arguments import Network
from core.cli.terminal import console, progress_bar


def familiarity(network: Network) -> None:
    """Learn which pictures are unlike all that a network was trained on, and keep it beside it.

    Runs finish with it, and networks that ship have it; others are taught by this.
    """
    from core.data import load_dataset
    from core.machine import pick_device
    from core.prediction.reference import make_reference, reference_path
    from core.runs.checkpoint import load_card
    from core.runs.networks import find_checkpoint

    path = find_checkpoint(network)
    card = load_card(path)
    with progress_bar("Loading the data") as tell:
        made = make_reference(path, lambda: load_dataset(card.recipe.data), pick_device(), tell)
    kept = reference_path(path)
    console.print(
        f"{card.recipe.name}: pictures stranger than {made.threshold:.2f} are unlike all that it "
        f"was trained on, as 5 % of the validation images are. {len(made.neighbours.images):,} "
        f"training images are kept to compare with, in {kept.name} "
        f"({kept.stat().st_size / 1e3:,.0f} kB)."
    )
