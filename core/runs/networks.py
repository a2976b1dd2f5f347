"""Trained networks: the best weights of runs, and those that ship with the project.

Whatever names one, `find_checkpoint` gives its file, which `core.runs.checkpoint` reads:
`load_card` what it says of itself, `load_checkpoint` its weights, too, to make its `network` from.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConvscopeError
from core.files import PROJECT
from core.recipe import Recipe
from core.runs.checkpoint import load_card
from core.runs.store import RunStore

SHIPPED = PROJECT / "checkpoints"
BEST = "best"  # the strongest that ships


@dataclass(frozen=True)
class TrainedNetwork:
    """A checkpoint to look at.

    id: in links: a run's, or the file's name without its ending for one that ships
    accuracies: top-1 (0 to 1) by split
    created: seconds since 1970; None for one that ships
    version: changes when the weights do
    """

    id: str
    name: str
    path: Path
    recipe: Recipe
    accuracies: dict[str, float]
    created: float | None
    version: float


def trained_networks(store: RunStore) -> dict[str, TrainedNetwork]:
    """All there are, by id: the store's, newest first, then those that ship, the best first."""
    own = {
        run.id: TrainedNetwork(
            run.id, run.name, path, run.recipe, run.accuracies, run.created, run.changed
        )
        for run in store.runs()
        for path in [store.best_path(run.id)]
        if path.exists()
    }
    return own | shipped_networks()


def find_checkpoint(name: str, open_store: Callable[[], RunStore] = RunStore) -> Path:
    """The file of a network: by its path, by its name where it ships, or by the id or name of the
    run whose best weights it is.

    The store is only opened where it must be asked, as its folder may not be to be used. Raises
    ConvscopeError when a run has no weights yet, or there is no such run; that there is a file at a
    path is seen by whoever reads it.
    """
    if name.endswith(".safetensors"):
        return Path(name)
    shipped = shipped_networks()
    if name in shipped:
        return shipped[name].path
    with closing(open_store()) as store:
        run = store.find(name)
        path = store.best_path(run.id)
    if not path.exists():
        raise ConvscopeError(f"'{run.name}' has no checkpoint yet; it is {run.status}.")
    return path


def card_path(checkpoint: Path) -> Path:
    """Where a network that ships is described for people."""
    return checkpoint.with_suffix(".md")


def missing_networks(folder: Path = SHIPPED) -> list[str]:
    """Names of those that should be in `folder`, for they are described there, but are not to be
    read."""
    described = {path.stem for path in folder.glob("*.md")} - {"README"}
    return sorted(described - shipped_networks(folder).keys())


def shipped_networks(folder: Path = SHIPPED) -> dict[str, TrainedNetwork]:
    """Those in `folder`, by file name; a damaged file is left out."""
    networks: dict[str, TrainedNetwork] = {}
    for path in sorted(folder.glob("*.safetensors"), key=lambda path: (path.stem != BEST, path)):
        if "." in path.stem:  # logits of the network before the dot
            continue
        try:
            card = load_card(path)
        except ConvscopeError:
            continue
        networks[path.stem] = TrainedNetwork(
            id=path.stem,
            name=card.recipe.name,
            path=path,
            recipe=card.recipe,
            accuracies=card.accuracies,
            created=None,
            version=path.stat().st_mtime,
        )
    return networks
