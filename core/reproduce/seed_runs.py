"""Presets on other pictures than those that they were published for."""

from pathlib import Path

from core.data import SOURCES
from core.errors import ConvscopeError
from core.recipe import Recipe


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
