"""One sentence for whatever is wrong with a recipe."""

import re
from difflib import get_close_matches

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from core.errors import ConvscopeError
from core.recipe.parts import FAMILIES, PARTS

KINDS = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a finite number",
    "bool": "true or false",
    "string": "text",
    "tuple": "a list",
    "model": "a table of named fields",
}


class RecipeError(ConvscopeError):
    """A recipe that cannot be used; the message names the field."""


def sentence(problem: ErrorDetails, recipe: type[BaseModel]) -> str:
    """One sentence from pydantic's first complaint."""
    path = [str(step) for step in problem["loc"] if step not in FAMILIES]
    where = ".".join(path)[:80]
    given, context = _shown(problem["input"]), problem.get("ctx", {})
    match problem["type"]:
        case "extra_forbidden":
            return _unknown_field([str(step) for step in problem["loc"]], where, recipe)
        case "greater_than_equal" | "less_than_equal":
            bound = context.get("ge", context.get("le"))
            side = "at least" if "ge" in context else "at most"
            return f"{where} must be {side} {bound}, but is {given}."
        case "string_too_long":
            return f"{where} must not be longer than {context['max_length']} characters."
        case "too_long":
            return f"{where} must not have more than {context['max_length']} values."
        case "string_too_short" | "too_short":
            return f"{where} must not be empty."
        case "string_pattern_mismatch":
            return f"{where} must be one line of text without control characters."
        case "string_unicode":
            return f"{where} must be text in UTF-8, which '{given}' is not."
        case "literal_error":
            return f"{where} must be one of {context['expected']}, but is '{given}'."
        case "union_tag_invalid":
            options, wanted = context["expected_tags"], context["tag"]
            return f"{where}.family must be one of {options}, but is '{wanted[:80]}'."
        case "union_tag_not_found":
            return f"{where}.family is missing; it is one of {', '.join(FAMILIES)}."
        case "value_error":  # raised by the validators above, whose texts begin with a field
            return ".".join([*path, f"{context['error']}."])
        case other:
            kind = KINDS.get(other.split("_")[0], "something else")
            return f"{where} must be {kind}, but is {given!r}."


def problems(error: ValidationError, recipe: type[BaseModel]) -> dict[str, str]:
    """A sentence for every field at fault, by its path, as 'model.channels'. In the sentences,
    fields are called as on screen, 'Weight decay' and not 'optimizer.weight_decay'."""
    found: dict[str, str] = {}
    for problem in error.errors():
        steps = [step for step in problem["loc"] if step not in FAMILIES]
        names = [step for step in steps if isinstance(step, str)]
        text = sentence(problem, recipe)
        if problem["type"] == "value_error":  # of a part, or of the whole; the text names the field
            path = text.split(maxsplit=1)[0]
        else:
            path = ".".join(names)
            text = path + text.removeprefix(".".join(map(str, steps)))
        found.setdefault(path, _NAMES.sub(lambda match: words_of(match[0].split(".")[-1]), text))
    return found


def words_of(name: str) -> str:
    """What a field is called on screen."""
    return name.replace("_", " ").capitalize()


_TABLES = [*PARTS.values(), *FAMILIES.values()]
_LONG = {name for part in _TABLES for name in part.model_fields if "_" in name}
_NAMES = re.compile(
    rf"^[a-z_]+\b(?!\.)|\b(?:model|{'|'.join(PARTS)})\.[a-z_]+|"
    rf"\b(?:{'|'.join(sorted(_LONG | {'weight_averaging'}))})\b"
)


def _shown(value: object) -> str:
    """The beginning of what was given."""
    if isinstance(value, bool):
        return str(value).lower()
    try:
        return str(value)[:80]
    except RecursionError:
        return "nested too deeply"
    except ValueError:  # Python writes no whole numbers of more than 4,300 digits
        return "a number of thousands of digits"


def _unknown_field(loc: list[str], where: str, recipe: type[BaseModel]) -> str:
    """Says so, with the nearest field beside it; at the top, else the nearest inside a part."""
    *parents, wrong = loc
    part = (PARTS | FAMILIES).get(parents[-1], recipe) if parents else recipe
    nearest = get_close_matches(wrong, part.model_fields, n=1)
    prefix = where.removesuffix(wrong)
    if not (nearest or parents):
        homes = {name: f"{place}." for place, part in PARTS.items() for name in part.model_fields}
        nearest = get_close_matches(wrong, homes, n=1)
        prefix = homes[nearest[0]] if nearest else ""
    whole = f"the {parents[-1]} family" if parents and parents[-1] in FAMILIES else "a recipe"
    hint = f" Did you mean '{prefix}{nearest[0]}'?" if nearest else ""
    return f"{where} is not a field of {whole}.{hint}"
