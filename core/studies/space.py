"""What a study varies: fields of a recipe by their path, each with the values that it may take."""

import math
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
    field_validator,
    model_validator,
)

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
    """One of some values, in no order; those that are written alike are one."""

    kind: Literal["choice"] = "choice"
    values: tuple[Value, ...] = Field(min_length=1, max_length=MOST_VALUES)

    @field_validator("values")
    @classmethod
    def _each_once(cls, values: tuple[Value, ...]) -> tuple[Value, ...]:
        once: dict[str, Value] = {}
        for value in values:
            once.setdefault(exactly(value), value)
        return tuple(once.values())

    def __str__(self) -> str:
        return ",".join(exactly(value) for value in self.values)


class Between(_Range):
    """Numbers from `low` to `high`, both among them; `log`: by ratios, not by differences."""

    kind: Literal["integer", "uniform"]
    low: float
    high: float
    log: bool = False

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if not (math.isfinite(self.high - self.low) and self.low <= self.high):
            raise ValueError(f"{self.low:g}..{self.high:g} is no range of numbers")
        if self.log and self.low <= 0:
            raise ValueError(f"a logarithmic range must begin above 0, not at {self.low:g}")
        if self.kind == "integer" and not (self.low.is_integer() and self.high.is_integer()):
            raise ValueError(f"{self.low:g}..{self.high:g} must begin and end with whole numbers")
        return self

    def __str__(self) -> str:
        return f"{exactly(self.low)}..{exactly(self.high)}{':log' if self.log else ''}"


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
    ensure_fits(recipe, path, found)
    return found


def ensure_fits(recipe: Recipe, path: str, part: Range) -> None:
    """Raises ConvscopeError for a field that there is none of, and for values that it never takes,
    whatever the other fields are."""
    _, now = _field(recipe, path)
    if isinstance(part, Choice):
        ensure_takes(recipe, path, part.values)
    elif isinstance(now, bool | str | tuple):
        raise ConvscopeError(f"'{part}' is no range of values for {path}.")
    else:
        read = int if part.kind == "integer" else float
        ensure_takes(recipe, path, (read(part.low), read(part.high)))


def ensure_takes(recipe: Recipe, path: str, values: Iterable[Value]) -> None:
    """The same for values alone."""
    field, now = _field(recipe, path)
    alone = _alone(field)
    for value in values:
        try:
            alone(value=_listed(path, value) if isinstance(now, tuple) else value)
        except ValidationError as error:
            raise ConvscopeError(
                f"{path} cannot be {exactly(value)[:80]}, which the recipe refuses."
            ) from error


@cache
def _alone(field: Any) -> type[BaseModel]:
    """A model of nothing but this field, as `value`."""
    return create_model("Alone", value=(field.annotation, field))


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
    """The recipe with these fields. Raises RecipeError where they contradict it, and ConvscopeError
    for one that it has not."""
    fields = recipe.model_dump(mode="json")
    for path, value in setting.items():
        _, now = _field(recipe, path)
        *parents, last = path.split(".")
        table = fields
        for parent in parents:
            table = table[parent]
        table[last] = _listed(path, value) if isinstance(now, tuple) else value
    return Recipe.parse(fields)


def said(setting: Mapping[str, Value]) -> str:
    """For people: 'learning rate 0.05, dropout 0.25'."""
    return _said(setting, written)


def named(setting: Mapping[str, Value]) -> str:
    """The same, with every digit, so that no two settings of a study have one name."""
    return _said(setting, exactly)


def _said(setting: Mapping[str, Value], write: Callable[[Value], str]) -> str:
    return ", ".join(
        f"{path.rpartition('.')[2].replace('_', ' ')} {write(value)}"
        for path, value in setting.items()
    )


def written(value: Value) -> str:
    """For people: 'on', '0.05'."""
    return f"{value:.4g}" if isinstance(value, float) else exactly(value)


def exactly(value: Value) -> str:
    """With every digit, as people type it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


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
    if isinstance(like, tuple | str):
        return word
    try:
        return int(word) if isinstance(like, int) else float(word)
    except ValueError as error:
        raise ConvscopeError(f"'{word[:40]}' is no value for {path}, which is a number.") from error


def _listed(path: str, value: Value) -> list[int]:
    try:
        return [int(word) for word in str(value).split("-")]
    except ValueError as error:
        raise ConvscopeError(
            f"{path} is a list; write its numbers as 32-64, not '{str(value)[:40]}'."
        ) from error
