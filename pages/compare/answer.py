"""Is B really better than A: in a sentence, in four counts, and where."""

from functools import partial

import pandas as pd
import streamlit as st

from app.cells import cell_from_url, select_cell
from app.charts.matrix import show_difference_matrix
from app.problems import in_one_sentence
from app.text import plain
from core.comparison.difference import difference
from core.comparison.paired import p_in_words
from core.wording import percent
from pages.compare.gallery import show_gallery
from pages.compare.pair import Pair

OPENED = "images"  # key of what shows the images
COLUMNS = {
    "Right": st.column_config.NumberColumn("Right (%)", format="%.2f"),
    "Against A": st.column_config.NumberColumn("Against A (points)", format="%+.2f"),
    "Test": st.column_config.TextColumn(
        help="McNemar's exact test, with Holm's correction for how many are compared with A.",
    ),
}


def show_answer(pair: Pair) -> None:
    if len(pair.all) > 2:
        show_all(pair)
    judged = pair.judged
    with st.container(border=True):
        st.markdown(plain(judged.sentence))
        with st.container(horizontal=True):
            st.metric("A is right", percent(pair.a.accuracy), width=130)
            st.metric("B is right", percent(pair.b.accuracy), width=130)
            st.metric("Both right", f"{judged.both_right:,}", width=110)
            st.metric("Only A right", f"{judged.a_only:,}", width=110)
            st.metric("Only B right", f"{judged.b_only:,}", width=110)
            st.metric("Both wrong", f"{judged.both_wrong:,}", width=110)
    show_where(pair)


def show_all(pair: Pair) -> None:
    """Each against the baseline, in a table."""
    st.dataframe(
        table_of(pair),
        hide_index=True,
        column_config=COLUMNS,
        key="all",
        placeholder="-",
        alt="Each network against the baseline A, one a row.",
    )


def table_of(pair: Pair) -> pd.DataFrame:
    first = {"Network": f"A: {pair.baseline.name}", "Right": 100 * pair.a.accuracy}
    rows = [
        {
            "Network": entry.name,
            "Right": 100 * entry.answers.accuracy,
            "Against A": judged.points,
            "95 % interval": "{:+.2f} to {:+.2f}".format(*judged.interval),
            "Only A right": judged.a_only,
            "Only this right": judged.b_only,
            "Test": p_in_words(judged.p_counted),
            "Shown to be": ("better" if judged.points > 0 else "worse") if judged.shown else "-",
        }
        for entry, judged in zip(pair.all[1:], pair.paired, strict=True)
    ]
    return pd.DataFrame([first, *rows]).astype(
        {"Only A right": "Int64", "Only this right": "Int64"}
    )


@st.fragment
def show_where(pair: Pair) -> None:
    """The difference of the two confusion matrices, and the images behind it."""
    left, right = st.columns(2, gap="medium")
    with left:
        st.caption(
            "B's confusion matrix minus A's. Blue: B is better there, with more hits or fewer "
            "mistakes; orange: worse. Choose a cell to see its images."
        )
        choose = partial(select_cell, classes=pair.classes)
        chosen = cell_from_url(pair.classes)
        apart = difference(pair.a, pair.b)
        show_difference_matrix(apart, pair.classes, "difference", choose, chosen, opens=OPENED)
    with right, st.container(key=OPENED), in_one_sentence():
        show_gallery(pair)
