"""The confusion matrix, and the difference of two: cells to choose from with mouse, finger or
keyboard."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from streamlit.components.v2 import component

from core.comparison.difference import Difference
from core.evaluation.metrics import By, normalise

SHARES: dict[By, str] = {
    "count": "Images",
    "true": "Share of true",
    "predicted": "Share of predicted",
}
"""What cells may show, to choose from."""

ACROSS = {
    "count": "Predicted class (cells: images)",
    "true": "Predicted class (cells: % of the true class)",
    "predicted": "Predicted class (cells: % of the predicted class)",
}
Cell = tuple[int, int]  # true class, predicted class

_draw = component(
    "confusion_matrix",
    html="""
<div class="frame">
  <div class="axes">
    <div class="across"></div>
    <div class="down">True class</div>
    <div class="scroll"><div class="grid" role="grid"></div></div>
  </div>
  <div class="tip" role="tooltip" hidden></div>
</div>
""",
    css=Path(__file__).with_suffix(".css").read_text(),
    js=Path(__file__).with_suffix(".js").read_text(),
)


def show_confusion_matrix(
    matrix: np.ndarray,
    classes: Sequence[str],
    by: By,
    key: str,
    choose: Callable[[Cell], None],
    chosen: Cell | None = None,
    opens: str = "",
    beside: Sequence[np.ndarray] = (),
) -> None:
    """The confusion matrix: hits and errors in two colours, each scaled to its own largest cell.

    matrix: counts, int [classes, classes], true classes in rows
    beside: others of its kind, with which it shares its scales
    choose: called with a cell when somebody chooses it, before the page is drawn anew
    chosen: the cell that is framed
    opens: key of the container that shows the chosen cell, brought into view where it is not
    """
    texts, shades = texts_and_shades(matrix, by, beside)
    shown = {"across": ACROSS[by], "counts": matrix.tolist(), "texts": texts, "shades": shades}
    hits = np.eye(len(matrix), dtype=bool)
    _show(shown | {"label": "Confusion matrix", "good": hits}, classes, key, choose, chosen, opens)


def show_difference_matrix(
    difference: Difference,
    classes: Sequence[str],
    key: str,
    choose: Callable[[Cell], None],
    chosen: Cell | None = None,
    opens: str = "",
) -> None:
    """B's confusion matrix minus A's: one colour where B is better, another where it is worse.

    The rest as `show_confusion_matrix` takes it.
    """
    change = difference.change
    shown = {
        "label": "Difference of two confusion matrices",
        "across": "Predicted class (cells: images, B minus A)",
        "counts": change.tolist(),
        "texts": [
            [f"{value:+d}".replace("-", "\u2212") if value else "" for value in row]
            for row in change.tolist()
        ],
        "shades": (np.abs(change) / max(np.abs(change).max(), 1)) ** 0.7,
        "good": difference.better,
        "told": _difference_in_words(difference),
    }
    _show(shown, classes, key, choose, chosen, opens)


def _difference_in_words(difference: Difference) -> list[list[str]]:
    """What is told of each cell below what it is about."""
    cells = zip(difference.change.flat, difference.mends.flat, difference.breaks.flat, strict=True)
    told = [
        f"{_changed(change)} with B\n{mends} mended, {breaks} broken by B"
        for change, mends, breaks in cells
    ]
    classes = len(difference.change)
    return [told[row * classes : (row + 1) * classes] for row in range(classes)]


def _changed(count: int) -> str:
    return f"{abs(count)} {'more' if count > 0 else 'fewer'}" if count else "as many"


def _show(
    shown: dict[str, Any],
    classes: Sequence[str],
    key: str,
    choose: Callable[[Cell], None],
    chosen: Cell | None,
    opens: str,
) -> None:
    """label: what the grid is; good: which cells have the colour of what is right, bool [classes,
    classes]; told: where given, what is told of a cell instead of its share of its class"""

    def tell() -> None:
        match st.session_state[key].cell:
            case [int(true), int(predicted)] if {true, predicted} <= {*range(len(classes))}:
                choose((true, predicted))

    _draw(
        key=key,
        data={
            **shown,
            "classes": list(classes),
            "shades": shown["shades"].round(3).tolist(),
            "good": shown["good"].tolist(),
            "chosen": chosen,
            "opens": opens,
        },
        on_cell_change=tell,
    )


def texts_and_shades(
    matrix: np.ndarray, by: By, beside: Sequence[np.ndarray] = ()
) -> tuple[list[list[str]], np.ndarray]:
    """What stands in each cell, and how much of its colour it has.

    The latter is float [classes, classes], 0 to 1, each of the two colours to its own scale, on
    which those of `beside` have room, too.
    """
    values, hits = normalise(matrix, by), np.eye(len(matrix), dtype=bool)
    together = np.stack([values, *(normalise(other, by) for other in beside)])
    shades = np.where(
        hits,
        values / max(together[:, hits].max(), 1e-9),
        # The power lets the many small confusions be seen beside the few large ones.
        (values / max(together[:, ~hits].max(initial=0), 1e-9)) ** 0.7,
    )
    return [[_cell_text(value, by) for value in row] for row in values], shades


def _cell_text(value: float, by: By) -> str:
    number = f"{value:.0f}" if by == "count" else f"{value * 100:.0f}"
    return "" if number == "0" else number
