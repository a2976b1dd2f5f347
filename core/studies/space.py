"""What a study varies: fields of a recipe by their path, each with the values that it may take."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.errors import ConvscopeError
from core.recipe import Recipe

Value = bool | int | float | str
Setting = dict[str, Value]
"""What a trial sets, by the fields' paths, as 'optimizer.learning_rate'."""
MOST_VALUES = 100  # of a choice
SWITCHED = {"on": True, "true": True, "off": False, "false": False}
UNVARIED = ("name", "about", "seed", "model.family")


class _Range(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Choice(_Range):
    """One of some values, in no order."""

    kind: Literal["choice"] = "choice"
    values: tuple[Value, ...] = Field(min_length=1, max_length=MOST_VALUES)

    def __str__(self) -> str:
        return ",".join(written(value) for value in self.values)


class Between(_Range):
    """Numbers from `low` to `high`, both among them; `log`: by ratios, not by differences."""

    kind: Literal["integer", "uniform"]
    low: float
    high: float
    log: bool = False

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low <= self.high):
            raise ValueError(f"{self.low:g}..{self.high:g} is no range of numbers")
        if self.log and self.low <= 0:
            raise ValueError(f"a logarithmic range must begin above 0, not at {self.low:g}")
        if self.kind == "integer" and not (self.low.is_integer() and self.high.is_integer()):
            raise ValueError(f"{self.low:g}..{self.high:g} must begin and end with whole numbers")
        return self

    def __str__(self) -> str:
        return f"{self.low:g}..{self.high:g}{':log' if self.log else ''}"


Range = Annotated[Choice | Between, Field(discriminator="kind")]
Space = dict[str, Range]


def range_of(recipe: Recipe, path: str, text: str = "") -> Range:
    """The values that a field may take: as written in `text` ('0.001..0.3', '0.001..0.3:log',
    '0,0.25,0.5', 'relu,gelu'), or without it all that the recipe allows. Raises ConvscopeError for
    a field that there is none of, and for text that is no range of such values."""
    field, value = _field(recipe, path)
    if not text:
        return _whole_range(path, field, value)
    found = _read_range(path, text, value)
    low, high = _bounds(field)
    numbers = (found.low, found.high) if isinstance(found, Between) else found.values
    for number in numbers:
        if isinstance(number, int | float) and not low <= number <= high:
            raise ConvscopeError(f"{path} cannot be {written(number)}, which the recipe refuses.")
    return found


def _bounds(field: Any) -> tuple[float, float]:
    """The least and the greatest that a field takes."""
    lows = [each.ge for each in field.metadata if hasattr(each, "ge")]
    highs = [each.le for each in field.metadata if hasattr(each, "le")]
    return (lows or [-math.inf])[0], (highs or [math.inf])[0]


def _read_range(path: str, text: str, value: Any) -> Range:
    ends, _, scale = text.partition(":")
    if ".." not in ends:
        return Choice(values=tuple(_read(path, word, value) for word in text.split(",")))
    if isinstance(value, bool | str | tuple) or scale not in ("", "log"):
        raise ConvscopeError(f"'{text[:80]}' is no range of values for {path}.")
    try:
        low, high = map(float, ends.split("..", 1))
        kind = "integer" if isinstance(value, int) else "uniform"
        return Between(kind=kind, low=low, high=high, log=scale == "log")
    except ValueError as error:
        raise ConvscopeError(
            f"'{text[:80]}' is no range of numbers for {path}; write it as 0.1..0.5, or, to go by "
            "ratios, as 0.001..0.1:log."
        ) from error


def applied(recipe: Recipe, setting: Mapping[str, Value]) -> Recipe:
    """The recipe with these fields. Raises RecipeError where they contradict it."""
    fields = recipe.model_dump(mode="json")
    for path, value in setting.items():
        *parents, last = path.split(".")
        table = fields
        for parent in parents:
            table = table[parent]
        is_list = isinstance(table[last], list)
        table[last] = [int(word) for word in str(value).split("-")] if is_list else value
    return Recipe.parse(fields)


def said(setting: Mapping[str, Value]) -> str:
    """For people: 'learning rate 0.05, dropout 0.25'."""
    return ", ".join(
        f"{path.rpartition('.')[2].replace('_', ' ')} {written(value)}"
        for path, value in setting.items()
    )


def written(value: Value) -> str:
    """For people: 'on', '0.05'."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _field(recipe: Recipe, path: str) -> tuple[Any, Any]:
    """The field of a path, and its value in this recipe."""
    part: BaseModel = recipe
    *parents, last = path.split(".")
    for parent in parents:
        part = getattr(part, parent, None)  # type: ignore[assignment]
        if not isinstance(part, BaseModel):
            raise ConvscopeError(f"'{path[:80]}' is not a field of this recipe.")
    fields = type(part).model_fields
    value = getattr(part, last, None) if last in fields else None
    if not isinstance(value, bool | int | float | str | tuple) or path in UNVARIED:
        raise ConvscopeError(f"'{path[:80]}' is not a field of this recipe that can be varied.")
    return fields[last], value


def _whole_range(path: str, field: Any, value: Any) -> Range:
    if isinstance(value, bool):
        return Choice(values=(False, True))
    options = get_args(field.annotation)
    if options and isinstance(value, str):
        return Choice(values=options)
    low, high = _bounds(field)
    if math.isinf(low) or math.isinf(high):
        raise ConvscopeError(f"{path} has no bounds of its own; name its values.")
    extra = field.json_schema_extra
    log = isinstance(extra, dict) and bool(extra.get("log")) and low > 0
    return Between(
        kind="integer" if isinstance(value, int) else "uniform", low=low, high=high, log=log
    )


def _read(path: str, word: str, like: Any) -> Value:
    word = word.strip()
    if isinstance(like, bool):
        if word in SWITCHED:
            return SWITCHED[word]
        raise ConvscopeError(f"{path} is true or false, not '{word[:40]}'.")
    if isinstance(like, tuple):
        if all(part.isdecimal() for part in word.split("-")):
            return word
        raise ConvscopeError(f"{path} is a list; write its numbers as 32-64, not '{word[:40]}'.")
    if isinstance(like, str):
        return word
    try:
        return int(word) if isinstance(like, int) else float(word)
    except ValueError as error:
        raise ConvscopeError(f"'{word[:40]}' is no value for {path}, which is a number.") from error
