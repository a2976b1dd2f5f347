"""A recipe on its way through a form: what the fields hold, what is wrong, what was changed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from core.recipe import FAMILIES, Recipe
from core.recipe.mistakes import problems, words_of
from core.recipe.parts import PARTS

LISTS = "must be whole numbers with commas between, as 32, 64."
TITLES = {  # of the parts, on screen
    "model": "Model",
    "data": "Data",
    "augmentation": "Augmentation",
    "optimizer": "Optimizer",
    "schedule": "Schedule",
    "early_stopping": "Stopping",
    "start": "Start",
}
WORDS = ("about", "published")  # that a form doesn't ask for


def label(part: type[BaseModel], name: str) -> str:
    """What a field is called on screen, with its unit."""
    extra = part.model_fields[name].json_schema_extra
    words, unit = words_of(name), extra.get("unit") if isinstance(extra, dict) else ""
    return f"{words} ({unit})" if unit and unit != name else words


def written(value: Any) -> Any:
    """What a widget holds for a field's value: lists are typed."""
    return ", ".join(map(str, value)) if isinstance(value, tuple) else value


@dataclass(frozen=True)
class Draft:
    """What a form says.

    start: what the form was filled from
    family: of the model
    model: the start's, or, of another family, that family's defaults
    recipe: what the form says; where something is wrong, that field as in `start`
    problems: a sentence for every field that is wrong, by its path, as 'model.channels'
    """

    start: Recipe
    family: str
    model: BaseModel
    recipe: Recipe
    problems: dict[str, str]

    @property
    def sound(self) -> bool:
        return not self.problems

    def changes(self) -> list[str]:
        """The fields that differ from the start, each with its value, as 'Epochs 5'."""
        before = dict(_leaves(self.start))
        return [
            f"{_called(path)} {said(value)}"
            for path, value in _leaves(self.recipe)
            if value != before.get(path)
        ]

    def complaints(self) -> list[str]:
        """The problems, each with where in the form it is."""
        return [
            f"{TITLES[path.partition('.')[0]]}: {text}" if "." in path else text
            for path, text in self.problems.items()
        ]


def draft(start: Recipe, held: Callable[[str, Any], Any]) -> Draft:
    """Read a form. `held(path, value)` is what the widget of a field holds, `value` where nobody
    touched it; a model's fields have its family in their path, as 'model.vgg.width'."""
    wrong: dict[str, str] = {}

    def read(part: BaseModel, path: str, names: Iterable[str]) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for name in names:
            value = getattr(part, name)
            said = held(f"{path}{name}", written(value))
            if isinstance(value, tuple):
                numbers = _numbers(str(said))
                if numbers is None:
                    wrong[_outer(f"{path}{name}")] = f"{words_of(name)} {LISTS}"
                said = list(value) if numbers is None else numbers
            fields[name] = "" if said is None else said  # a list in which nothing is chosen
        return fields

    own = [n for n in Recipe.model_fields if n not in (*WORDS, *TITLES)]
    fields = start.model_dump(mode="json") | read(start, "", own)
    family = held("model.family", start.model.family)
    model = start.model if family == start.model.family else FAMILIES[family]()
    names = [name for name in type(model).model_fields if name != "family"]
    fields["model"] = {"family": family, **read(model, f"model.{family}.", names)}
    for part in PARTS:
        fields[part] = read(getattr(start, part), f"{part}.", PARTS[part].model_fields)
    try:
        recipe = Recipe.model_validate(fields)
    except ValidationError as error:
        wrong = problems(error, Recipe) | wrong
        recipe = _mended(fields, wrong, start.model_copy(update={"model": model}))
    return Draft(start, family, model, recipe, wrong)


def _mended(fields: dict[str, Any], wrong: Iterable[str], base: Recipe) -> Recipe:
    """The recipe in `fields` with what is wrong put back to `base`; that, where this won't do."""
    for path in wrong:
        part, _, name = path.rpartition(".")
        table, own = (fields[part], getattr(base, part)) if part else (fields, base)
        table[name] = getattr(own, name)
    try:
        return Recipe.model_validate(fields)
    except ValidationError:
        return base


def _leaves(recipe: Recipe) -> Iterator[tuple[str, Any]]:
    for name, value in recipe:
        if isinstance(value, BaseModel):
            yield from ((f"{name}.{inner}", v) for inner, v in value if name not in WORDS)
        elif name not in WORDS:
            yield name, value


def _called(path: str) -> str:
    part, _, name = path.rpartition(".")
    return f"{TITLES[part]}: {words_of(name).lower()}" if part else words_of(name)


def said(value: Any) -> str:
    """A field's value, for people."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(written(value)) or "none"


def _outer(path: str) -> str:
    """Without a model's family."""
    return ".".join(step for step in path.split(".") if step not in FAMILIES)


def _numbers(text: str) -> list[int] | None:
    try:
        return [int(word) for word in text.replace(",", " ").split()]
    except ValueError:
        return None
