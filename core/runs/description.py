"""What people say of a run: its name, its notes and its tags."""

import json
from collections.abc import Iterable

from core.errors import ConvscopeError
from core.recipe import Recipe

MOST_NOTES = 20_000  # characters
MOST_TAGS, LONGEST_TAG = 50, 80


def description(
    recipe: Recipe, name: str | None, notes: str | None, tags: Iterable[str] | None
) -> dict[str, str]:
    """The columns of a run's row that hold what is given, for a run of this recipe.

    Raises ConvscopeError where something of it cannot be taken: Recipe's rules for names hold, and
    notes and tags must be short enough to be read by people.
    """
    columns: dict[str, str] = {}
    if name is not None:
        renamed = Recipe.parse(recipe.model_dump() | {"name": name})
        columns |= {"name": renamed.name, "recipe": renamed.to_json()}
    if notes is not None:
        if len(notes) > MOST_NOTES:
            raise ConvscopeError(f"Notes must not be longer than {MOST_NOTES:,} characters.")
        columns["notes"] = notes
    if tags is not None:
        cleaned = sorted({tag.strip() for tag in tags if tag.strip()})
        if len(cleaned) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in cleaned):
            raise ConvscopeError(
                f"A run takes {MOST_TAGS} tags of up to {LONGEST_TAG} characters; use the notes."
            )
        columns["tags"] = json.dumps(cleaned, ensure_ascii=False)
    return columns
