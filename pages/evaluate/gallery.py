"""Images beside the confusion matrix: of a cell, of a pair of classes both ways, or the worst."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

import pandas as pd
import streamlit as st

from app import services
from app.cells import leave_cell, pick_page, show_first_page
from app.charts.matrix import Cell
from app.gallery import thumbnails
from app.links import link_attributes
from app.pictures import at_hand, is_here
from app.segments import segments
from app.text import plain
from core.evaluation.metrics import cell, surest_mistakes, top_losses
from core.wording import probability
from pages.evaluate.subject import Subject
from pages.evaluate.where import pick_where, show_where

SHOWN = 30  # images a page; about as high as the matrix
WORST_PAGE = "worst-page"  # in the URL, as BOTH; PAGE would go with the widget of a cell's images
BOTH = "both"  # whether a pair of classes is shown both ways
ORDERS = {
    "Most confident first": ("confidence", False),
    "Least confident first": ("confidence", True),
    "As in the data set": ("index", True),
}
Worst = Literal["surest", "loss"]
WORST: dict[Worst, str] = {"surest": "Surest mistakes", "loss": "Highest loss"}
MEANING: dict[Worst, str] = {
    "surest": "Taken for another class, the surest first.",
    "loss": "Those whose true class the network finds least likely first; loss in nats.",
}
WORST_SHOWN = 10 * SHOWN


def show_worst(subject: Subject, classes: Sequence[int]) -> None:
    """The images that went most wrong among those of the classes, where no cell is chosen."""
    if not at_hand(subject.card.recipe.data):
        return
    evaluated, temperature = subject.evaluated, subject.card.temperature
    first = partial(show_first_page, WORST_PAGE)
    by = segments("Choose a cell to see its images, or look at", WORST, "worst", first)
    find = surest_mistakes if by == "surest" else top_losses
    frame = find(evaluated.logits, evaluated.labels, temperature)
    frame = frame[frame["true"].isin(classes) & frame["predicted"].isin(classes)][:WORST_SHOWN]
    st.caption(MEANING[by])
    if frame.empty:
        st.caption("There are none: every image is recognised.")
        return
    page = pick_page(len(frame), SHOWN, WORST_PAGE)
    caption = loss_caption if by == "loss" else mistake_caption
    show_pictures(subject, frame[(page - 1) * SHOWN : page * SHOWN], caption)


def show_cell(subject: Subject, pair: Cell) -> None:
    """The images of the cell, sorted and paged, and on demand those of the opposite one beside
    them."""
    true, predicted = pair
    bar = st.container(horizontal=True, vertical_alignment="bottom")
    with bar:
        order = st.selectbox(
            "Order",
            list(ORDERS),
            width=220,
            key="order",
            bind="query-params",
            on_change=show_first_page,
        )
        both = true != predicted and _pick_both()
        method = pick_where()
        st.button("Close", icon=":material/close:", type="tertiary", on_click=leave_cell)
    pairs = [pair, (predicted, true)] if both else [pair]
    frames = [_of_cell(subject, pair, order) for pair in pairs]
    shown, longest = SHOWN // len(pairs), max(map(len, frames))
    page = 1
    if longest > shown and is_here(subject.card.recipe.data):
        with bar:
            page = pick_page(longest, shown)
    columns = st.columns(len(pairs), gap="medium")
    for column, pair, frame in zip(columns, pairs, frames, strict=True):
        with column:
            st.subheader(_heading(subject, pair, len(frame)), anchor=False)
            if frame.empty:
                st.caption("There is nothing in this cell.")
    if not longest or not at_hand(subject.card.recipe.data):
        return
    for column, of_cell, frame in zip(columns, pairs, frames, strict=True):
        with column:
            if method is not None and not frame.empty:
                show_where(subject, frame, of_cell, method)
            show_pictures(subject, frame[(page - 1) * shown : page * shown], mistake_caption)


def _pick_both() -> bool:
    """Not bound to the link, for a button of the matrix switches it on before it is drawn."""
    st.session_state[BOTH] = BOTH in st.query_params
    return st.toggle(
        "Both ways",
        key=BOTH,
        help="Also the images of the other class that are taken for this one.",
        on_change=lambda: show_both(st.session_state[BOTH]),
    )


def show_both(both: bool) -> None:
    """Say in the link whether a pair of classes is shown both ways."""
    if both:
        st.query_params[BOTH] = "true"
    else:
        st.query_params.pop(BOTH, None)
    show_first_page()


def show_pictures(
    subject: Subject, frame: pd.DataFrame, caption: Callable[[pd.Series, Sequence[str]], str]
) -> None:
    """Pictures of the data set, each leading to the page that explains it.

    frame: a row a picture, with the columns of `core.evaluation.metrics.judged` that `caption`
    reads; it is also given the names of the classes
    """
    card, split = subject.card, subject.split
    index = frame["index"].to_numpy()
    images = services.own_dataset(card).split(split).images.numpy()
    labels = subject.evaluated.labels
    st.html(
        thumbnails(
            images[index],
            [f"#{row['index']:.0f}\n{caption(row, card.classes)}" for _, row in frame.iterrows()],
            alts=[f"{split} image #{number}, {card.classes[labels[number]]}" for number in index],
            links=[
                link_attributes("image", run=subject.network.id, split=split, image=number)
                for number in index
            ],
        )
    )


def mistake_caption(row: pd.Series, classes: Sequence[str]) -> str:
    """What it took the image for, how sure it was of that, and of the true class."""
    true, predicted = int(row["true"]), int(row["predicted"])
    said = f"{classes[predicted]}, {probability(row['confidence'], 0)}"
    if true == predicted:
        return said
    return f"said {said}\nis {classes[true]}, {probability(row['true_probability'], 0)}"


def loss_caption(row: pd.Series, classes: Sequence[str]) -> str:
    return f"loss {row['loss']:.1f}\n{mistake_caption(row, classes)}"


def _of_cell(subject: Subject, pair: Cell, order: str) -> pd.DataFrame:
    evaluated = subject.evaluated
    frame = cell(evaluated.logits, evaluated.labels, *pair, subject.card.temperature)
    column, ascending = ORDERS[order]
    return frame.sort_values(column, ascending=ascending, kind="stable")


def _heading(subject: Subject, pair: Cell, count: int) -> str:
    true, predicted = (plain(subject.card.classes[number]) for number in pair)
    verdict = "recognised" if pair[0] == pair[1] else f"taken for {predicted}"
    return f"{count} {subject.split} {'image' if count == 1 else 'images'} of {true}, {verdict}"
