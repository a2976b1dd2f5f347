"""Which cell of a confusion matrix is looked at, and which page of its images; in the link."""

from collections.abc import Sequence

import streamlit as st

from app.charts.matrix import Cell

PAGE = "page"  # in the URL and in the session's state: of a cell's images


def select_cell(pair: Cell, classes: Sequence[str]) -> None:
    """Write the chosen cell into the URL, opened at the first page of its images."""
    true, predicted = pair
    st.query_params.update({"true": classes[true], "predicted": classes[predicted]})
    show_first_page()


def leave_cell() -> None:
    """Take the chosen cell out of the URL."""
    for key in ("true", "predicted"):
        st.query_params.pop(key, None)
    show_first_page()


def cell_from_url(classes: Sequence[str]) -> Cell | None:
    """The chosen cell, or None where the URL names none that the matrix has."""
    names = [st.query_params.get(key) for key in ("true", "predicted")]
    if not all(name in classes for name in names):
        return None
    true, predicted = (classes.index(str(name)) for name in names)
    return true, predicted


def pick_page(images: int, shown: int, key: str = PAGE) -> int:
    """The page that is looked at, from 1; there is a choice where there are several, and the link
    says which, under `key`."""
    pages = -(-images // shown)
    return st.pagination(pages, width="stretch", key=key, bind="query-params") if pages > 1 else 1


def show_first_page(key: str = PAGE) -> None:
    st.session_state[key] = 1
