"""Both confusion matrices side by side, and the images of the chosen cell."""

from functools import partial

import streamlit as st

from app.cells import cell_from_url, select_cell
from app.charts.matrix import SHARES, show_confusion_matrix
from app.problems import in_one_sentence
from app.segments import segments
from app.text import plain
from pages.compare.gallery import show_gallery
from pages.compare.pair import Pair

OPENED = "images"  # key of what shows the images


@st.fragment
def show_matrices(pair: Pair) -> None:
    by = segments("Cells show", SHARES, "cells")
    choose = partial(select_cell, classes=pair.classes)
    chosen = cell_from_url(pair.classes)
    st.caption(
        "True classes in rows; right answers are blue, mistakes orange, both matrices on the "
        "same scales. Choose a cell to see its images below."
    )
    both = (pair.baseline, pair.other)
    matrices = [entry.answers.matrix() for entry in both]
    for column, letter, entry, matrix in zip(
        st.columns(2, gap="medium"), "AB", both, matrices, strict=True
    ):
        with column:
            st.markdown(f"**{letter}: {plain(entry.name)}**")
            show_confusion_matrix(
                matrix, pair.classes, by, letter, choose, chosen, OPENED, beside=matrices
            )
    with st.container(key=OPENED), in_one_sentence():
        show_gallery(pair)
