"""The images of one cell of the confusion matrix."""

import streamlit as st

from app import services
from app.charts.matrix import Cell
from app.gallery import thumbnails
from app.links import link_attributes
from app.pictures import at_hand
from app.text import plain
from core.evaluation.metrics import cell
from pages.evaluate.subject import Subject

SHOWN = 30  # images a page; about as high as the matrix
PAGE = "page"  # in the URL and in the session's state
ORDERS = {
    "Most confident first": ("confidence", False),
    "Least confident first": ("confidence", True),
    "As in the data set": ("index", True),
}


def show_first_page() -> None:
    st.session_state[PAGE] = 1


def show_cell(subject: Subject, pair: Cell) -> None:
    """The images of the cell, sorted and paged, with what the network thought of them; each leads
    to the page that explains it."""
    evaluated, card, split = subject.evaluated, subject.card, subject.split
    true, predicted = (card.classes[number] for number in pair)
    frame = cell(evaluated.logits, evaluated.labels, *pair, card.temperature)
    verdict = "recognised" if true == predicted else f"taken for {plain(predicted)}"
    images = "image" if len(frame) == 1 else "images"
    st.subheader(f"{len(frame)} {split} {images} of {plain(true)}, {verdict}", anchor=False)
    if frame.empty:
        st.caption("There is nothing in this cell.")
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
        pages = -(-len(frame) // SHOWN)
        page = (
            st.pagination(pages, width="stretch", key=PAGE, bind="query-params") if pages > 1 else 1
        )
    if not at_hand(card.recipe.data):
        return
    column, ascending = ORDERS[order]
    shown = frame.sort_values(column, ascending=ascending, kind="stable")
    shown = shown.iloc[(page - 1) * SHOWN : page * SHOWN]
    index = shown["index"].to_numpy()
    pictures = services.own_dataset(card).split(split).images.numpy()[index]
    captions = [
        f"#{number:.0f}\n{sure:.0%} {predicted}"
        + ("" if true == predicted else f", {right:.0%} {true}")
        for number, sure, right in shown[["index", "confidence", "true_probability"]].to_numpy()
    ]
    st.caption("Click a picture to see where the network looked.")
    st.html(
        thumbnails(
            pictures,
            captions,
            alts=[f"{split} image #{number}, {true}" for number in index],
            links=[
                link_attributes("predict", run=subject.network.id, split=split, image=number)
                for number in index
            ],
        )
    )
