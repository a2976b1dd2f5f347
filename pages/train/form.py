"""Widgets for a recipe, made from its fields: bounds, units and help are the recipe's own."""

import math
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from app import services
from app.networks import network_label
from core.recipe import FAMILIES, Hyperparameters, Recipe, RecipeError, Start

FIRST = ["epochs", "batch_size", "optimizer.learning_rate", "optimizer.weight_decay"]
PARTS = {
    "Model": "model",
    "Data": "data",
    "Augmentation": "augmentation",
    "Optimizer": "optimizer",
    "Schedule": "schedule",
    "Stopping": "early_stopping",
    "Start": "start",
}
OWN = [name for name in Hyperparameters.model_fields if name not in (*FIRST, *PARTS.values())]


def edit_recipe(start: Recipe, key: str) -> Recipe:
    """Show the form, filled from `start`, and return what it says.

    `key` tells forms with other starting values apart. Raises RecipeError for a combination that
    cannot be.
    """
    fields = start.model_dump(mode="json")
    fields["name"] = st.text_input("Name", start.name, max_chars=80, key=f"{key}.name")
    for path in FIRST:
        *parents, name = path.split(".")
        part = start if not parents else getattr(start, parents[0])
        target = fields if not parents else fields[parents[0]]
        target[name] = _widget(part, name, key=f"{key}.{path}")
    dropout = _widget(start.model, "dropout", key=f"{key}.{start.model.family}.dropout")
    fields["model"]["dropout"] = dropout
    with st.expander("Advanced", icon=":material/tune:"):
        for tab, (_, part) in zip(
            st.tabs([*PARTS, "More"]), [*PARTS.items(), ("", "")], strict=True
        ):
            with tab:
                if part == "model":
                    fields["model"] = _edit_model(start, dropout, key)
                elif part:
                    _edit_part(getattr(start, part), part, fields[part], key)
                else:
                    for name in OWN:
                        fields[name] = _widget(start, name, key=f"{key}.{name}")
    return Recipe.parse(fields)


def _edit_model(start: Recipe, dropout: float, key: str) -> dict[str, Any]:
    family = st.selectbox(
        "Family",
        list(FAMILIES),
        index=list(FAMILIES).index(start.model.family),
        key=f"{key}.family",
        help="The kind of architecture; each has options of its own.",
    )
    model = start.model if family == start.model.family else FAMILIES[family]()
    fields = model.model_dump(mode="json") | {"dropout": dropout}
    _edit_part(model, f"model.{family}", fields, key, hidden=("family", "dropout"))
    return fields


def _edit_part(
    part: BaseModel,
    path: str,
    fields: dict[str, Any],
    key: str,
    hidden: tuple[str, ...] = (),
) -> None:
    for name in type(part).model_fields:
        if name not in hidden and f"{path}.{name}" not in FIRST:
            fields[name] = _widget(part, name, key=f"{key}.{path}.{name}")


def _widget(part: BaseModel, name: str, key: str) -> Any:
    """The widget that suits a field's type; returns the value chosen."""
    field = type(part).model_fields[name]
    value = getattr(part, name)
    label, help_text = _label(name, field), field.description
    if field.annotation is bool:
        return st.toggle(label, value, key=key, help=help_text)
    if get_origin(field.annotation) is Literal:
        options = list(get_args(field.annotation))
        return st.selectbox(label, options, index=options.index(value), key=key, help=help_text)
    if isinstance(value, tuple):
        text = st.text_input(label, ", ".join(map(str, value)), key=key, help=help_text)
        return _numbers(text, label)
    if isinstance(part, Start) and name == "path":
        return _pick_start(value, key, help_text)
    if isinstance(value, str):
        return st.text_input(label, value, key=key, help=help_text)
    low, high = _bounds(field)
    if name.endswith("seed"):
        return st.number_input(label, low, high, value, key=key, help=help_text)
    if _extra(field).get("log"):
        stops = _ratio_stops(low, high, value)
        return st.select_slider(
            label, stops, value, key=key, help=help_text, format_func=_plain_number
        )
    step = 1 if isinstance(value, int) else _step(high - low)
    if isinstance(value, float) and not math.isclose(value / step, round(value / step)):
        return st.number_input(
            label, float(low), float(high), value, step, key=key, help=help_text, format="%g"
        )
    return st.slider(
        label, type(value)(low), type(value)(high), value, step, key=key, help=help_text
    )


def _pick_start(value: str, key: str, help_text: str | None) -> str:
    """A trained network from the list, or whatever else names one."""
    known = services.networks()
    options = list(dict.fromkeys([value, *known] if value else known))
    chosen = st.selectbox(
        "Network to start from",
        options,
        index=options.index(value) if value else None,
        key=key,
        help=help_text,
        placeholder="Choose one, or type a run or a file",
        format_func=lambda path: network_label(known[path]) if path in known else path,
        accept_new_options=True,
    )
    return chosen or ""


def _label(name: str, field: FieldInfo) -> str:
    words = name.replace("_", " ").capitalize()
    unit = _extra(field).get("unit")
    return f"{words} ({unit})" if unit and unit != name else words


def _extra(field: FieldInfo) -> dict[str, Any]:
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def _bounds(field: FieldInfo) -> tuple[Any, Any]:
    low = next((rule.ge for rule in field.metadata if hasattr(rule, "ge")), None)
    high = next((rule.le for rule in field.metadata if hasattr(rule, "le")), None)
    return low, high


def _ratio_stops(low: float, high: float, value: float) -> list[float]:
    """1, 2, 5, 10, 20 ... within the bounds (powers of two where they are whole), with `value`."""
    whole = isinstance(value, int)
    smallest = low or high * 1e-6
    if whole and low >= 8:
        stops = {2**power for power in range(3, 21) if low <= 2**power <= high}
    else:
        decades = range(math.floor(math.log10(smallest)), math.ceil(math.log10(high)) + 1)
        stops = {float(f"{digit}e{decade}") for decade in decades for digit in (1, 2, 5)}
        stops = {type(value)(stop) for stop in stops if smallest <= stop <= high}
    return sorted(stops | {type(value)(low), type(value)(high), value})


def _step(span: float) -> float:
    """About a hundred steps over the span, in a round number."""
    return float(f"1e{math.floor(math.log10(span / 50))}")


def _plain_number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _numbers(text: str, label: str) -> list[int]:
    try:
        return [int(word) for word in text.replace(",", " ").split()]
    except ValueError as error:
        raise RecipeError(
            f"{label}: write whole numbers with commas between, as 32, 64."
        ) from error
