"""What the views of Compare are about."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from app.charts.matrix import Cell
from core.comparison.answers import Answers
from core.comparison.paired import Paired
from pages.compare.entries import Entry

PAGE = "page"  # in the URL and in the session's state


@dataclass(frozen=True)
class Pair:
    """Two of those that are compared.

    baseline, other: A and B; all: with the others, the baseline first
    paired: each of the others against the baseline
    """

    baseline: Entry
    other: Entry
    all: Sequence[Entry]
    paired: Sequence[Paired]

    @property
    def a(self) -> Answers:
        return self.baseline.answers

    @property
    def b(self) -> Answers:
        return self.other.answers

    @property
    def judged(self) -> Paired:
        """B against A."""
        return self.paired[self.all.index(self.other) - 1]

    @property
    def classes(self) -> tuple[str, ...]:
        return self.a.questions.classes


def select_cell(pair: Cell, classes: Sequence[str]) -> None:
    """Write the chosen cell into the URL, opened at the first page of its images."""
    true, predicted = pair
    st.query_params.update({"true": classes[true], "predicted": classes[predicted]})
    show_first_page()


def leave_cell() -> None:
    for key in ("true", "predicted"):
        st.query_params.pop(key, None)
    show_first_page()


def cell_from_url(classes: Sequence[str]) -> Cell | None:
    """The chosen cell, or None where the URL names none that the networks have."""
    names = [st.query_params.get(key) for key in ("true", "predicted")]
    if not all(name in classes for name in names):
        return None
    true, predicted = (classes.index(str(name)) for name in names)
    return true, predicted


def show_first_page() -> None:
    st.session_state[PAGE] = 1
