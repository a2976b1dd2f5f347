"""The confusion matrix, and the cell of it that is chosen, which the URL says."""

from collections.abc import Sequence

import streamlit as st

from app.charts.matrix import clicked_cell, confusion_matrix_figure
from app.problems import in_one_sentence
from app.text import plain
from core.data import SplitName
from core.errors import ConvscopeError
from core.evaluation.logits import SplitLogits
from core.evaluation.metrics import By, confusion_matrix, most_confused
from core.runs.checkpoint import Card
from pages.evaluate.gallery import show_cell

SHARES: dict[By, str] = {
    "count": "Images",
    "true": "Share of the true class",
    "predicted": "Share of the predicted class",
}
SHOWN = list(SHARES)


@st.fragment
def show_matrix(judged: SplitLogits, card: Card, split: SplitName) -> None:
    """The matrix, and below it the images of the chosen cell."""
    with in_one_sentence():
        matrix = confusion_matrix(judged.logits, judged.labels)
        chosen = cell_from_url(card.classes)
        by: By | None = st.segmented_control(
            "Cells show", SHOWN, default=SHOWN[0], format_func=lambda by: SHARES[by]
        )
        st.plotly_chart(
            confusion_matrix_figure(matrix, card.classes, by or SHOWN[0], chosen),
            key="matrix",
            on_select=lambda: select_cell(clicked_cell(st.session_state["matrix"]), card.classes),
            selection_mode="points",
        )
        st.caption("Click a cell to see its images, or one of the most confused pairs:")
        with st.container(horizontal=True):
            pairs = most_confused(matrix, card.classes, 6)
            for true, predicted, count in pairs[["true", "predicted", "count"]].to_numpy():
                pair = card.classes.index(true), card.classes.index(predicted)
                label = f"{plain(true)} taken for {plain(predicted)}: {count}"
                st.button(label, on_click=select_cell, args=(pair, card.classes))
        if chosen is not None:
            show_cell(judged, card, split, chosen)


def select_cell(pair: tuple[int, int] | None, classes: Sequence[str]) -> None:
    """Write the chosen cell into the URL; None leaves the choice as it is."""
    if pair is not None:
        true, predicted = pair
        st.query_params.update({"true": classes[true], "predicted": classes[predicted]})


def cell_from_url(classes: Sequence[str]) -> tuple[int, int] | None:
    """(true, predicted) of the chosen cell, or None. Raises ConvscopeError for another class."""
    names = [st.query_params.get(key) for key in ("true", "predicted")]
    if None in names:
        return None
    unknown = [name for name in names if name not in classes]
    if unknown:
        raise ConvscopeError(f"This network has no class '{str(unknown[0])[:40]}'; click a cell.")
    true, predicted = (classes.index(str(name)) for name in names)
    return true, predicted
