"""The confusion matrix, and beside it images: of the cell that is chosen, else those that went most
wrong; the URL says which."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from app.cells import cell_from_url, select_cell
from app.charts.matrix import SHARES, Cell, show_confusion_matrix
from app.charts.matrix_files import matrix_csv, matrix_png, matrix_svg
from app.files import offer_file
from app.problems import in_one_sentence
from app.segments import segments
from app.text import plain
from core.evaluation.metrics import By, confusion_matrix, most_confused
from pages.evaluate.gallery import show_both, show_cell, show_worst
from pages.evaluate.subject import Subject

PAIRS = 6
OPENED = "cell"  # key of what shows the chosen cell
ONLY = "only"  # in the URL: the classes that the matrix is cut down to


@st.fragment
def show_matrix(subject: Subject) -> None:
    """The matrix, and the images of the chosen cell, or the worst of all."""
    every = subject.card.classes
    whole = confusion_matrix(subject.evaluated.logits, subject.evaluated.labels)
    left, right = st.columns(2, gap="medium")
    with left:
        by = segments("Cells show", SHARES, "cells")
        above = st.container()
        with st.container(horizontal=True):
            kept = pick_classes(every)
            matrix, classes = whole[np.ix_(kept, kept)], [every[number] for number in kept]
            offer_files(matrix, classes, by, f"{subject.network.id}-{subject.split}")
        chosen = cell_from_url(classes)
        choose = partial(select_cell, classes=classes)
        with above:
            show_confusion_matrix(matrix, classes, by, "matrix", choose, chosen, opens=OPENED)
        st.caption(
            "How to read this: a row is a class, a column what its images were taken for. Blue "
            "cells are recognised, orange ones mistaken: the stronger the colour, the more."
        )
        if left_out := int(whole.sum() - matrix.sum()):
            st.caption(
                f"{left_out:,} of {whole.sum():,} images are left out: they are of another class, "
                "or were taken for one."
            )
    with right:
        offer_pairs(matrix, classes)
        with st.container(key=OPENED), in_one_sentence():
            if chosen is not None:
                true, predicted = (kept[number] for number in chosen)
                show_cell(subject, (true, predicted))
            else:
                leave_unknown(classes, every)
                show_worst(subject, kept)


def pick_classes(classes: Sequence[str]) -> list[int]:
    """Numbers of the classes that the matrix is of: all, until two or more are chosen."""
    with st.popover("Classes", icon=":material/filter_list:"):
        chosen = st.multiselect(
            "Only these classes",
            classes,
            format_func=plain,
            key=ONLY,
            bind="query-params",
            placeholder="All of them",
            help="Two or more. Images of others, and those taken for others, are left out.",
        )
    kept = [number for number, name in enumerate(classes) if name in chosen]
    return kept if len(kept) > 1 else [*range(len(classes))]


def offer_files(matrix: np.ndarray, classes: Sequence[str], by: By, name: str) -> None:
    """The matrix as it is seen, to take along; `name` ends the names of the files."""
    with st.popover("Save", icon=":material/download:"):
        for kind, write in (("PNG", matrix_png), ("SVG", matrix_svg), ("CSV", matrix_csv)):
            offer_file(
                kind,
                f"confusion-matrix-{name}.{kind.lower()}",
                partial(write, matrix, classes, by),
                key=f"matrix {kind}",
                width="stretch",
            )


def offer_pairs(matrix: np.ndarray, classes: Sequence[str]) -> None:
    """The most confused pairs, as buttons."""
    pairs = most_confused(matrix, classes, PAIRS)
    if pairs.empty:
        return
    st.caption("Most confused, both ways beside each other:")
    with st.container(horizontal=True, gap="xsmall"):
        for true, predicted, count in pairs[["true", "predicted", "count"]].to_numpy():
            pair = classes.index(true), classes.index(predicted)
            label = f"{plain(true)} taken for {plain(predicted)}: {count}"
            st.button(label, on_click=select_pair, args=(pair, classes))


def select_pair(pair: Cell, classes: Sequence[str]) -> None:
    """Open the cell, and the opposite one beside it."""
    select_cell(pair, classes)
    show_both(True)


def leave_unknown(classes: Sequence[str], every: Sequence[str]) -> None:
    """Take a cell that the matrix does not have out of the URL, and say so."""
    names = [st.query_params.pop(key) for key in ("true", "predicted") if key in st.query_params]
    for name in [name for name in names if name not in classes][:1]:
        if name in every:
            st.info(f"'{plain(name)}' is not among the classes that the matrix is cut down to.")
        else:
            st.info(f"This network has no class '{plain(name[:40])}'.")
