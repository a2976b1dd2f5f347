"""What two recipes do differently, field by field."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from core.recipe import Hyperparameters, Recipe
from core.recipe.drafts import TITLES, label, said

ABSENT = "-"  # where a family of networks has no such field


@dataclass(frozen=True)
class Differing:
    """A field in which two recipes differ, as people read it; meaning: what it is for."""

    field: str
    a: str
    b: str
    meaning: str


def recipe_differences(a: Recipe, b: Recipe) -> list[Differing]:
    """All that decides the weights and is not the same in both, in the order of the form."""
    first, second = dict(_fields(a)), dict(_fields(b))
    about = {**first, **second}
    parts = ["", *TITLES]
    about = {path: about[path] for path in sorted(about, key=lambda path: parts.index(path[0]))}
    return [
        Differing(
            _called(path),
            said(first[path].value) if path in first else ABSENT,
            said(second[path].value) if path in second else ABSENT,
            about[path].meaning,
        )
        for path in about
        if path not in first or path not in second or first[path].value != second[path].value
    ]


@dataclass(frozen=True)
class _Field:
    value: Any
    meaning: str


def _fields(recipe: Recipe) -> Iterator[tuple[tuple[str, str], _Field]]:
    """Every hyperparameter by its part ('' outside of all) and what it is called there."""
    for name in Hyperparameters.model_fields:
        value = getattr(recipe, name)
        if isinstance(value, BaseModel):
            for own in type(value).model_fields:
                yield _field(name, value, own)
        else:
            yield _field("", recipe, name)


def _field(title: str, part: BaseModel, name: str) -> tuple[tuple[str, str], _Field]:
    meaning = type(part).model_fields[name].description or ""
    return (title, label(type(part), name)), _Field(getattr(part, name), meaning)


def _called(path: tuple[str, str]) -> str:
    part, name = path
    return f"{TITLES[part]}: {name[0].lower()}{name[1:]}" if part else name
