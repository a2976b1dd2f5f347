"""Images by who is right about them, of all classes or of the chosen cell."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from app import services
from app.cells import cell_from_url, leave_cell, pick_page, show_first_page
from app.gallery import thumbnails
from app.links import link_attributes
from app.pictures import at_hand
from app.text import plain
from core.comparison.answers import Answers
from core.comparison.difference import OUTCOMES, in_cell, outcomes
from core.runs.checkpoint import Card
from core.wording import probability
from pages.compare.pair import Pair

SHOWN = 16  # images a page; about as high as the matrix
OUTCOME = "outcome"  # in the URL and in the session's state
TITLES = ("Both", "Only B", "Only A", "Neither")  # of OUTCOMES, in little room
SHOWN_FIRST = (1, 2, 3, 0)  # of OUTCOMES: what tells the two apart comes first


def _confidence(answers: Answers) -> np.ndarray:
    sure = answers.confidence
    return np.zeros(len(answers.predicted)) if sure is None else sure


ORDERS: dict[str, Callable[[Pair], np.ndarray]] = {
    "B most confident first": lambda pair: -_confidence(pair.b),
    "B least confident first": lambda pair: _confidence(pair.b),
    "A most confident first": lambda pair: -_confidence(pair.a),
    "A least confident first": lambda pair: _confidence(pair.a),
    "As in the data set": lambda pair: np.arange(len(pair.b.predicted)),
}


def show_gallery(pair: Pair) -> None:
    """The images, sorted and paged, with what both say of them; each leads to the page that
    explains it."""
    cell = cell_from_url(pair.classes)
    here = np.ones(len(pair.a.predicted), dtype=bool)
    if cell is not None:
        here = in_cell(pair.a, pair.b, *cell)
        _tell_cell(pair, cell)
    found = outcomes(pair.a, pair.b)
    outcome = _pick_outcome(np.bincount(found[here], minlength=len(OUTCOMES)))
    index = np.flatnonzero(here & (found == outcome))
    if not len(index):
        st.caption("There is no such image.")
        return
    asked = next((entry for entry in (pair.other, *pair.all) if entry.card is not None), None)
    if asked is None or asked.card is None or not at_hand(asked.card.recipe.data):
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = st.selectbox(
            "Order",
            list(ORDERS),
            width=220,
            key="order",
            bind="query-params",
            on_change=show_first_page,
        )
        page = pick_page(len(index), SHOWN)
    index = index[np.argsort(ORDERS[order](pair)[index], kind="stable")]
    _show_images(pair, asked.id, asked.card, index[(page - 1) * SHOWN : page * SHOWN])
    st.caption(f"Click a picture to see where {plain(asked.name)} looked.")


def _tell_cell(pair: Pair, cell: tuple[int, int]) -> None:
    true, predicted = (plain(pair.classes[number]) for number in cell)
    fate = "recognised" if cell[0] == cell[1] else f"taken for {predicted}"
    a, b = (answers.matrix()[cell] for answers in (pair.a, pair.b))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{true} {fate}**: {a} by A, {b} by B", width="content")
        st.button("All images", type="tertiary", icon=":material/close:", on_click=leave_cell)


def _pick_outcome(counts: np.ndarray) -> int:
    """Which of OUTCOMES is looked at; the link says so by its name."""

    def change() -> None:
        st.query_params[OUTCOME] = OUTCOMES[st.session_state[OUTCOME]]
        show_first_page()

    asked = st.query_params.get(OUTCOME)
    wanted = OUTCOMES.index(asked) if asked in OUTCOMES else -1
    if wanted < 0 or not counts[wanted]:
        wanted = next((each for each in SHOWN_FIRST if counts[each]), SHOWN_FIRST[0])
    st.session_state[OUTCOME] = wanted
    st.segmented_control(
        "Who is right",
        SHOWN_FIRST,
        format_func=lambda each: f"{TITLES[each]}: {counts[each]:,}",
        key=OUTCOME,
        required=True,
        on_change=change,
    )
    return wanted


def _show_images(pair: Pair, network: str, card: Card, index: np.ndarray) -> None:
    """Each leads to where the network of this id looked, whose card this is."""
    pictures = services.own_dataset(card).split("test").images.numpy()[index]
    labels = pair.a.questions.labels
    shown = [
        f"#{number} {pair.classes[labels[number]]}\nA {_says(pair.a, number)}\n"
        f"B {_says(pair.b, number)}"
        for number in index
    ]
    st.html(
        thumbnails(
            pictures,
            shown,
            alts=[f"test image #{number}, {pair.classes[labels[number]]}" for number in index],
            links=[
                link_attributes("image", run=network, split="test", image=int(number))
                for number in index
            ],
        )
    )


def _says(answers: Answers, number: int) -> str:
    """'dog, 95%', or the class alone where nothing else is known."""
    said = answers.predicted[number]
    name = answers.questions.classes[said]
    return (
        name
        if answers.probabilities is None
        else f"{name}, {probability(answers.probabilities[number, said], 0)}"
    )
