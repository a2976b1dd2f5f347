"""The fields of a recipe that a study may vary, as people read and write them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from core.errors import ConvscopeError
from core.recipe import Recipe
from core.recipe.drafts import TITLES, label
from core.studies.space import UNVARIED, Between, Choice, Range, Setting, named, range_of

GRID_VALUES = 5  # of a field, until others are written
DIGITS = 2  # significant ones of those
UNLIKE = ("data.source", "data.validation", "data.split_seed", "start.source")
"""What is not offered: values measured on other images do not compare, and a start needs a path."""
By = Literal["search", "grid", "ablation"]


@dataclass(frozen=True)
class VariedField:
    """title: as on screen, with the recipe's part and the unit; meaning: what it is for
    now: its value in the recipe, as text
    whole: all that the recipe allows; None for a list, which has no bounds
    """

    title: str
    meaning: str
    now: str
    whole: Range | None


def fields_of(recipe: Recipe) -> dict[str, VariedField]:
    """By their path, in the order of the form: those of the recipe itself, then part by part."""
    found: dict[str, VariedField] = {}
    parts: list[tuple[str, BaseModel]] = [("", recipe)]
    parts += [(name, getattr(recipe, name)) for name in TITLES]
    for part, values in parts:
        for name in type(values).model_fields:
            path = f"{part}.{name}" if part else name
            if path not in (*UNVARIED, *UNLIKE) and (
                field := _field(recipe, path, part, values, name)
            ):
                found[path] = field
    return found


def title_of(recipe: Recipe, path: str) -> str:
    """What a field is called on screen; one that the recipe has not, by its path."""
    field = fields_of(recipe).get(path)
    return path if field is None else field.title


def short_title(path: str) -> str:
    """Without its part and unit: 'learning rate'."""
    return path.rpartition(".")[2].replace("_", " ")


def suggestion(field: VariedField, by: By) -> str:
    """What is tried of a field until somebody writes something else, as `range_of` reads it."""
    match by:
        case "search":
            return field.now if field.whole is None else str(_around(field.whole, field.now))
        case "grid":
            return field.now if field.whole is None else ",".join(_spread(field.whole, field.now))
        case "ablation":
            return ",".join(_others(field))


def changes(recipe: Recipe, written: Mapping[str, str]) -> dict[str, Setting]:
    """For an ablation: every value written for a field, but the one that it has, as a setting of
    its own, by its name. Raises ConvscopeError where a field has no list of values."""
    found: dict[str, Setting] = {}
    now = {path: field.now for path, field in fields_of(recipe).items()}
    for path, text in written.items():
        part = range_of(recipe, path, text)
        if not isinstance(part, Choice):
            raise ConvscopeError(f"{path} needs a list of values, as 0,0.1, not {part}.")
        for value in part.values:
            if str(Choice(values=(value,))) != now.get(path):
                found[named({path: value})] = {path: value}
    return found


def _field(
    recipe: Recipe, path: str, part: str, values: BaseModel, name: str
) -> VariedField | None:
    value = getattr(values, name)
    if not isinstance(value, bool | int | float | str | tuple):
        return None
    try:
        whole = range_of(recipe, path)
    except ConvscopeError:  # text that may be anything, or a list
        if not isinstance(value, tuple):
            return None
        whole = None
    called = label(type(values), name)
    title = f"{TITLES[part]}: {called[0].lower()}{called[1:]}" if part else called
    now = "-".join(map(str, value)) if isinstance(value, tuple) else str(Choice(values=(value,)))
    return VariedField(title, type(values).model_fields[name].description or "", now, whole)


def _around(whole: Range, now: str) -> Range:
    """What is near the present value by ratios: a tenth to ten times, of whole numbers a quarter to
    four times. All that the recipe takes would be hopeless for the most part."""
    if isinstance(whole, Choice) or (value := float(now)) <= 0:
        return whole
    factor = 4 if whole.kind == "integer" else 10
    low, high = (float(f"{end:.4g}") for end in (value / factor, value * factor))
    low, high = max(whole.low, low), min(whole.high, high)
    if whole.kind == "integer":
        low, high = float(math.ceil(low)), float(math.floor(high))
    return whole.model_copy(update={"low": low, "high": high, "log": low > 0})


def _spread(whole: Range, now: str) -> list[str]:
    """A few values of a range, the present one among them: by doubling, or evenly."""
    if isinstance(whole, Choice):
        return [str(Choice(values=(value,))) for value in whole.values]
    value = float(now)
    if value > 0:
        near = [value * 2.0**power for power in range(-2, 3)]
    else:
        near = [whole.low + (whole.high - whole.low) * n / 10 for n in range(GRID_VALUES)]
    return _within(whole, near)


def _others(field: VariedField) -> list[str]:
    """What the field is not: all other choices; of numbers, none of it, or half and double."""
    match field.whole:
        case None:
            return [field.now]
        case Choice(values=values):
            return [v for v in (str(Choice(values=(value,))) for value in values) if v != field.now]
        case Between() as whole:
            value = float(field.now)
            if whole.low == 0 and value > 0:
                return ["0"]
            if value > 0:
                return [v for v in _within(whole, [value / 2, value * 2]) if v != field.now]
            return _within(whole, [whole.low + (whole.high - whole.low) / 5])


def _within(whole: Between, values: list[float]) -> list[str]:
    kept = [value for value in values if whole.low <= value <= whole.high]
    if whole.kind == "integer":
        return [str(value) for value in dict.fromkeys(map(round, kept))]
    return [f"{value:.{DIGITS}g}" for value in kept]
