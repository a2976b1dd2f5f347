"""What two recipes do differently, field by field."""

from collections.abc import Iterator, Sequence
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
    about = {path: about[path] for path in sorted(about, key=lambda path: _PARTS.index(path[0]))}
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


def varying_fields(recipes: Sequence[Recipe]) -> dict[str, list[str]]:
    """The fields of which any two of them say something else, in the order of the form: by what a
    field is called, in short where that is no other's name, what each of the recipes says."""
    values = [dict(_values(recipe)) for recipe in recipes]
    named: dict[_Path, str] = {}
    for recipe, of in zip(recipes, values, strict=True):
        for part, name in of.keys() - named.keys():
            table = type(getattr(recipe, part) if part else recipe)
            named[part, name] = label(table, name)
    order = {path: number for number, path in enumerate(path for of in values for path in of)}
    varying = [path for path in named if any(of.get(path) != values[0].get(path) for of in values)]
    varying.sort(key=lambda path: (_PARTS.index(path[0]), order[path]))
    titles = [named[path] for path in varying]
    return {
        _called((path[0], title)) if titles.count(title) > 1 else title: [
            said(of[path]) if path in of else ABSENT for of in values
        ]
        for path, title in zip(varying, titles, strict=True)
    }


_Path = tuple[str, str]
"""A field's part of the recipe ('' outside of all), and its name there."""
_PARTS = ["", *TITLES]


def _values(recipe: Recipe) -> Iterator[tuple[_Path, Any]]:
    for name in Hyperparameters.model_fields:
        value = getattr(recipe, name)
        if isinstance(value, BaseModel):
            yield from (((name, own), inner) for own, inner in value)
        else:
            yield ("", name), value


@dataclass(frozen=True)
class _Field:
    value: Any
    meaning: str


def _fields(recipe: Recipe) -> Iterator[tuple[_Path, _Field]]:
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
