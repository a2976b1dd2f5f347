"""Widgets for a recipe, made from its fields: bounds, units and help are the recipe's own."""

import math
from dataclasses import dataclass
from typing import Any, Literal, TypedDict, get_args, get_origin

import streamlit as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from app import services
from app.networks import network_label
from app.problems import tell_wrong
from core.recipe import FAMILIES, Hyperparameters, Recipe, Start
from core.recipe.drafts import TITLES, Draft, draft, label, written

FIRST = ["epochs", "batch_size", "optimizer.learning_rate", "optimizer.weight_decay"]
MORE = "More"  # the tab of what belongs to the recipe itself
OWN = [name for name in Hyperparameters.model_fields if name not in (*FIRST, *TITLES)]


class Shared(TypedDict):
    """What all widgets of the form are given."""

    key: str
    help: str | None
    persist_state: Literal["session"]


def edit_recipe(start: Recipe, key: str) -> Draft:
    """Show the form, filled from `start`, and return what it says.

    `key` tells forms apart: each keeps its settings as long as the session lasts. What is wrong is
    told at its field, and leaves the others as they are.
    """
    key = f"{key} {st.session_state.get(_resets(key), 0)}"
    said = draft(start, lambda path, value: st.session_state.get(f"{key}.{path}", value))
    form = _Form(said, key)
    form.field(start, "name")
    for path in FIRST:
        part, _, name = path.rpartition(".")
        form.field(getattr(start, part) if part else start, name, part)
    form.field(said.model, "dropout", form.family)
    with st.expander("Advanced", icon=":material/tune:"):
        tabs = dict(zip([*TITLES, MORE], st.tabs([*TITLES.values(), MORE]), strict=True))
        for part, tab in tabs.items():
            with tab:
                form.tab(part)
    return said


def reset(key: str) -> None:
    """Forget what was set in a form: its widgets are new ones from then on."""
    st.session_state[_resets(key)] = st.session_state.get(_resets(key), 0) + 1


def _resets(key: str) -> str:
    return f"resets of {key}"


@dataclass(frozen=True)
class _Form:
    said: Draft
    key: str

    @property
    def family(self) -> str:
        return f"model.{self.said.family}"

    def tab(self, part: str) -> None:
        """The fields of a part that stand nowhere else."""
        if part == MORE:
            for name in OWN:
                self.field(self.said.start, name)
        elif part == "model":
            _choose_family(self.said.start.model.family, f"{self.key}.model.family")
            for name in type(self.said.model).model_fields:
                if name not in ("family", "dropout"):
                    self.field(self.said.model, name, self.family)
        else:
            values = getattr(self.said.start, part)
            for name in type(values).model_fields:
                if f"{part}.{name}" not in FIRST:
                    self.field(values, name, part)

    def field(self, part: BaseModel, name: str, where: str = "") -> None:
        """The widget of a field, and below it what is wrong with what it holds."""
        _widget(part, name, f"{self.key}.{where}.{name}" if where else f"{self.key}.{name}")
        outer = where.partition(".")[0]
        if wrong := self.said.problems.get(f"{outer}.{name}" if outer else name):
            tell_wrong(wrong)


def _choose_family(start: str, key: str) -> None:
    st.selectbox(
        "Family",
        list(FAMILIES),
        index=list(FAMILIES).index(start),
        key=key,
        persist_state="session",
        help="The kind of architecture; each has options of its own.",
    )


def _widget(part: BaseModel, name: str, key: str) -> None:
    """The widget that suits a field's type; what it holds lies in the session's state."""
    field = type(part).model_fields[name]
    value = written(getattr(part, name))
    shared: Shared = {"key": key, "help": field.description, "persist_state": "session"}
    text = label(type(part), name)
    if field.annotation is bool:
        st.toggle(text, value, **shared)
    elif get_origin(field.annotation) is Literal:
        options = list(get_args(field.annotation))
        st.selectbox(text, options, index=options.index(value), **shared)
    elif isinstance(part, Start) and name == "path":
        _pick_start(value, shared)
    elif isinstance(value, str):
        st.text_input(text, value, max_chars=80 if name == "name" else None, **shared)
    else:
        _number(text, value, name, field, shared)


def _number(text: str, value: float, name: str, field: FieldInfo, shared: Shared) -> None:
    low, high = _bounds(field)
    if name.endswith("seed"):
        st.number_input(text, low, high, value, **shared)
        return
    if _moves_by_ratio(field):
        stops = _ratio_stops(low, high, value)
        st.select_slider(text, stops, value, format_func=_plain_number, **shared)
        return
    step = 1 if isinstance(value, int) else _step(high - low)
    if isinstance(value, float) and not math.isclose(value / step, round(value / step)):
        st.number_input(text, float(low), float(high), value, step, format="%g", **shared)
        return
    st.slider(text, type(value)(low), type(value)(high), value, step, **shared)


def _pick_start(value: str, shared: Shared) -> None:
    """A trained network from the list, or whatever else names one."""
    known = services.networks()
    options = list(dict.fromkeys([value, *known] if value else known))
    st.selectbox(
        "Network to start from",
        options,
        index=options.index(value) if value else None,
        placeholder="Choose one, or type a run or a file",
        format_func=lambda path: network_label(known[path]) if path in known else path,
        accept_new_options=True,
        **shared,
    )


def _moves_by_ratio(field: FieldInfo) -> bool:
    extra = field.json_schema_extra
    return isinstance(extra, dict) and bool(extra.get("log"))


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
