"""The images of one cell of the confusion matrix."""

import streamlit as st

from app import services
from app.gallery import thumbnails
from app.pictures import at_hand
from app.text import plain
from core.data import SplitName
from core.evaluation.logits import SplitLogits
from core.evaluation.metrics import cell
from core.runs.checkpoint import Card

PAGE = 48  # images
ORDERS = {
    "Most confident first": ("confidence", False),
    "Least confident first": ("confidence", True),
    "As in the data set": ("index", True),
}


def show_cell(judged: SplitLogits, card: Card, split: SplitName, pair: tuple[int, int]) -> None:
    """The images of the cell, sorted and paged, with what the network thought of them."""
    true, predicted = (card.classes[number] for number in pair)
    frame = cell(judged.logits, judged.labels, *pair, card.temperature)
    verdict = "recognised" if true == predicted else f"taken for {plain(predicted)}"
    st.subheader(f"{len(frame)} {split} images of {plain(true)}, {verdict}", anchor=False)
    if frame.empty:
        st.caption("There is nothing in this cell.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = st.selectbox("Order", list(ORDERS), width=240)
        pages = -(-len(frame) // PAGE)
        page = st.number_input("Page", 1, pages, width=140) if pages > 1 else 1
    if not at_hand(card.recipe.data):
        return
    column, ascending = ORDERS[order]
    shown = frame.sort_values(column, ascending=ascending, kind="stable")
    shown = shown.iloc[(page - 1) * PAGE : page * PAGE]
    index = shown["index"].to_numpy()
    images = services.own_dataset(card).split(split).images.numpy()[index]
    captions = [
        f"#{number:.0f}\n{sure:.0%} {predicted}"
        + ("" if true == predicted else f", {right:.0%} {true}")
        for number, sure, right in shown[["index", "confidence", "true_probability"]].to_numpy()
    ]
    st.html(thumbnails(images, captions))
