"""The runs of a recipe over seeds: on which data, and which comes next."""

from collections.abc import Collection, Sequence
from pathlib import Path

from core.data import SOURCES
from core.errors import ConvscopeError
from core.recipe import Recipe
from core.runs.run import Run
from core.runs.store import RunStore
from core.studies.known import on_present_data


def on_data(recipe: Recipe, data: str) -> Recipe:
    """The recipe for other pictures, of which nothing is published.

    `data` is a source that needs no path, or a folder or archive of class folders. Raises
    ConvscopeError when it is neither.
    """
    named = [name for name, source in SOURCES.items() if not source.own]
    if data in named:
        place = {"source": data, "path": ""}
    elif _exists(Path(data)):
        place = {"source": "folder", "path": str(Path(data).resolve())}
    else:
        raise ConvscopeError(
            f"'{data[:300]}' is neither {' nor '.join(named)}, nor a folder or archive that exists."
        )
    moved = recipe.data.model_copy(update=place)
    if moved == recipe.data:
        return recipe
    return Recipe.parse(recipe.model_dump() | {"data": moved.model_dump(), "published": {}})


def _exists(path: Path) -> bool:
    """False also where the name is none that a file can have."""
    try:
        return path.exists()
    except OSError:
        return False


def missing(runs: Sequence[Run], recipes: Collection[Recipe], seeds: int) -> list[Recipe]:
    """Each recipe with each seed that is neither finished nor under way, seed by seed."""
    wanted = [
        recipe.model_copy(update={"seed": seed}) for seed in range(seeds) for recipe in recipes
    ]
    settled = {run.recipe.identity for run in runs if run.status == "finished" or run.live}
    return [recipe for recipe in wanted if recipe.identity not in settled]


def claim_run(store: RunStore, recipe: Recipe) -> Run:
    """A run of this recipe and seed for this process: one that broke off, else a new one."""
    for run in on_present_data(store.runs()):
        if run.resumable and run.recipe.identity == recipe.identity:
            return store.claim(run.id)
    return store.get(store.create(recipe, claimed=True))
