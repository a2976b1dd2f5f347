"""The confusion matrix, and beside it the images of the cell that is chosen; the URL says which."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from app.charts.matrix import Cell, show_confusion_matrix
from app.problems import in_one_sentence
from app.segments import segments
from app.text import plain
from core.evaluation.metrics import By, confusion_matrix, most_confused
from pages.evaluate.gallery import show_cell, show_first_page
from pages.evaluate.subject import Subject

SHARES: dict[By, str] = {
    "count": "Images",
    "true": "Share of true",
    "predicted": "Share of predicted",
}
PAIRS = 6
OPENED = "cell"  # key of what shows the chosen cell


@st.fragment
def show_matrix(subject: Subject) -> None:
    """The matrix, and the images of the chosen cell."""
    card = subject.card
    matrix = confusion_matrix(subject.evaluated.logits, subject.evaluated.labels)
    choose = partial(select_cell, classes=card.classes)
    chosen = cell_from_url(card.classes)
    left, right = st.columns(2, gap="medium")
    with left:
        by = segments("Cells show", SHARES, "cells")
        show_confusion_matrix(matrix, card.classes, by, "matrix", choose, chosen, opens=OPENED)
    with right:
        offer_pairs(matrix, card.classes)
        with st.container(key=OPENED), in_one_sentence():
            if chosen is not None:
                show_cell(subject, chosen)
            else:
                leave_cell(card.classes)


def offer_pairs(matrix: np.ndarray, classes: Sequence[str]) -> None:
    """The most confused pairs, as buttons."""
    pairs = most_confused(matrix, classes, PAIRS)
    if pairs.empty:
        return
    st.caption("Most confused:")
    with st.container(horizontal=True, gap="xsmall"):
        for true, predicted, count in pairs[["true", "predicted", "count"]].to_numpy():
            pair = classes.index(true), classes.index(predicted)
            label = f"{plain(true)} taken for {plain(predicted)}: {count}"
            st.button(label, on_click=select_cell, args=(pair, classes))


def select_cell(pair: Cell, classes: Sequence[str]) -> None:
    """Write the chosen cell into the URL, opened at the first page of its images."""
    true, predicted = pair
    st.query_params.update({"true": classes[true], "predicted": classes[predicted]})
    show_first_page()


def cell_from_url(classes: Sequence[str]) -> Cell | None:
    """The chosen cell, or None where the URL names none that the network has."""
    names = [st.query_params.get(key) for key in ("true", "predicted")]
    if not all(name in classes for name in names):
        return None
    true, predicted = (classes.index(str(name)) for name in names)
    return true, predicted


def leave_cell(classes: Sequence[str]) -> None:
    """Take a cell that is none of the network's out of the URL, and say how to choose one."""
    names = [st.query_params.pop(key) for key in ("true", "predicted") if key in st.query_params]
    unknown = [name for name in names if name not in classes]
    if unknown:
        st.info(f"This network has no class '{plain(unknown[0][:40])}'.")
    st.caption("Choose a cell of the matrix to see its images.")
