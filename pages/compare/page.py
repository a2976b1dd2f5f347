"""Compare: is one network really better than another, and where?"""

from collections.abc import Callable

import streamlit as st

from app.segments import segments
from app.text import plain
from app.titles import tab_title
from core.comparison.paired import all_against
from pages.compare.answer import show_answer
from pages.compare.choice import choose
from pages.compare.curves import show_curves
from pages.compare.entries import Entry, entries
from pages.compare.matrices import show_matrices
from pages.compare.pair import Pair
from pages.compare.recipes import show_recipes

# By what they are called, in words and in links; only the one that is looked at is computed.
VIEWS: dict[str, Callable[[Pair], None]] = {
    "Answer": show_answer,
    "Matrices": show_matrices,
    "Curves": show_curves,
    "Recipes": show_recipes,
}


OTHER = "with"  # in the URL and in the session's state


def pick_other(others: list[Entry]) -> Entry:
    """Which one is B; the link names it."""
    by_id = {entry.id: entry for entry in others}
    asked = st.query_params.get(OTHER)
    if asked is not None and asked not in by_id:
        st.info(
            f"'{plain(asked[:40])}' is not among the networks that this link compares; "
            f"this is {plain(others[0].name)}."
        )
    st.session_state[OTHER] = asked if asked in by_id else others[0].id
    st.segmented_control(
        "B, held against A",
        list(by_id),
        format_func=lambda each: plain(by_id[each].name),
        key=OTHER,
        required=True,
        on_change=lambda: st.query_params.update({OTHER: st.session_state[OTHER]}),
    )
    return by_id[st.session_state[OTHER]]


def show(found: list[Entry]) -> None:
    first, *others = found
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view = segments("View", {name: name for name in VIEWS}, "view")
        other = pick_other(others) if len(others) > 1 else others[0]
    st.caption(f"**A**: {plain(first.name)} · **B**: {plain(other.name)}")
    tab_title(f"{other.name} against {first.name}", "Compare")
    paired = all_against(first.answers, [entry.answers for entry in others])
    VIEWS[view](Pair(first, other, found, paired))


tab_title("Compare")
st.title("Compare", anchor=False)
ids = choose()
ready = entries(ids)
if len(ready) > 1:
    show(ready)
elif len(ids) < 2:
    st.info("Choose a second network: the first is the baseline that the others are held against.")
elif ready:
    st.info(f"Nothing is left to compare with {plain(ready[0].name)}; choose another network.")
else:
    st.info("The first network is the baseline; without it there is nothing to compare with.")
