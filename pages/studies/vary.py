"""What a new study varies: fields of its base, each with what it may be."""

from dataclasses import dataclass

import streamlit as st

from app.problems import tell_wrong
from core.errors import ConvscopeError
from core.recipe import Recipe
from core.studies.definition import Kind
from core.studies.fields import By, VariedField, fields_of, suggestion
from core.studies.space import Choice, Space, range_of

MOST_FIELDS = 20
FIRST: dict[By, tuple[str, ...]] = {  # until others are chosen
    "search": ("optimizer.learning_rate", "optimizer.weight_decay"),
    "grid": ("optimizer.learning_rate", "batch_size"),
    "ablation": ("augmentation.flip", "augmentation.crop_padding", "optimizer.momentum"),
}
ABOUT: dict[By, str] = {
    "search": "Ranges as 0.001..0.3, by ratios as 0.001..0.3:log, or values as 32,64,128.",
    "grid": "Values with commas between, as 0.01,0.03,0.1.",
    "ablation": "What each is changed to, one at a time; several values with commas between.",
}


@dataclass(frozen=True)
class Written:
    """texts: of the fields, by path, as they were written; problems: what is wrong with them"""

    texts: dict[str, str]
    problems: list[str]
    base: Recipe | None = None

    @property
    def space(self) -> Space:
        assert self.base is not None
        return {path: range_of(self.base, path, text) for path, text in self.texts.items()}


def pick_fields(base: Recipe, kind: Kind, key: str) -> Written:
    """The fields that are varied, and for each its values, with what is wrong at its place."""
    by: By = kind if kind in FIRST else "search"  # type: ignore[assignment]
    fields = fields_of(base)
    chosen = st.multiselect(
        "What is varied",
        list(fields),
        [path for path in FIRST[by] if path in fields],
        format_func=lambda path: fields[path].title,
        max_selections=2 if by == "grid" else MOST_FIELDS,
        key=f"{key} fields",
        persist_state="session",
        placeholder="Choose fields of the recipe",
    )
    st.caption(ABOUT[by])
    texts, problems = {}, list[str]()
    for path in chosen:
        text = _text(fields[path], by, f"{key} {path}")
        texts[path] = text
        if problem := _problem(base, path, text, by):
            tell_wrong(problem)
            problems.append(problem)
    if not chosen:
        problems.append("Choose at least one field to vary.")
    elif by == "grid" and len(chosen) != 2:
        problems.append("A grid varies two fields.")
    return Written(texts, problems, base)


def _text(field: VariedField, by: By, key: str) -> str:
    return st.text_input(
        f"{field.title}, now {field.now}",
        suggestion(field, by),
        max_chars=500,
        key=key,
        help=field.meaning or None,
        persist_state="session",
    ).replace(" ", "")


def _problem(base: Recipe, path: str, text: str, by: By) -> str:
    """What is wrong with what was written, in a sentence; or nothing."""
    if not text:
        return f"{fields_of(base)[path].title} needs values."
    try:
        part = range_of(base, path, text)
    except ConvscopeError as error:
        return str(error).replace(path, fields_of(base)[path].title)
    if by != "search" and not isinstance(part, Choice):
        return f"{fields_of(base)[path].title} needs a list of values, as 0.01,0.03,0.1."
    return ""
