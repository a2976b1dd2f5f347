"""Images of the data set that a network was trained on, one at a time, which the link names."""

from typing import get_args

import streamlit as st

from app import services
from app.pictures import at_hand
from app.text import plain
from core.data import Split, SplitName
from core.runs.checkpoint import Card

SPLIT, IMAGE = "split", "image"  # in the link
SPLIT_WIDGET, CLASS_WIDGET, IMAGE_WIDGET = "image split", "image class", "image number"
SPLITS: tuple[SplitName, ...] = get_args(SplitName)
DIGITS = 10  # of a number in a link, at most


def is_asked_for() -> bool:
    """Whether the link names an image."""
    return IMAGE in st.query_params


def ask_for(split: SplitName, image: int) -> None:
    st.query_params.update({SPLIT: split, IMAGE: str(image)})


def forget() -> None:
    st.query_params.pop(SPLIT, None)
    st.query_params.pop(IMAGE, None)


def pick_image(card: Card) -> tuple[SplitName, int, Split] | None:
    """Choose an image by its split, its class or its number; None while the pictures are not here.
    Where the link names none that there is, as after another network was chosen, the first."""
    if not at_hand(card.recipe.data):
        return None
    split = asked_split()
    images = services.own_dataset(card).split(split)
    number = asked_image(images)
    label = int(images.labels[number])
    alike = (images.labels == label).nonzero().flatten().tolist()
    place = alike.index(number)
    st.session_state.update(
        {SPLIT_WIDGET: split, CLASS_WIDGET: card.classes[label], IMAGE_WIDGET: number}
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Images",
            SPLITS,
            key=SPLIT_WIDGET,
            required=True,
            on_change=lambda: ask_for(st.session_state[SPLIT_WIDGET], 0),
        )
        st.selectbox(
            "Class",
            [card.classes[label] for label in images.labels.unique().tolist()],
            key=CLASS_WIDGET,
            width=180,
            on_change=lambda: ask_for(split, _first_of_class(card, images)),
        )
        st.number_input(
            "Image",
            0,
            len(images.labels) - 1,
            key=IMAGE_WIDGET,
            width=140,
            on_change=lambda: ask_for(split, st.session_state[IMAGE_WIDGET]),
        )
        for title, icon, step in (("Previous", "back", -1), ("Next", "forward", 1)):
            st.button(
                f"{title} of this class",
                icon=f":material/arrow_{icon}:",
                on_click=ask_for,
                args=(split, alike[(place + step) % len(alike)]),
            )
    return split, number, images


def asked_split() -> SplitName:
    asked = st.query_params.get(SPLIT, SPLITS[-1])
    for split in SPLITS:
        if split == asked:
            return split
    st.info(plain(f"'{asked[:40]}' in this link is no part of a data set; this is {SPLITS[-1]}."))
    return SPLITS[-1]


def asked_image(images: Split) -> int:
    asked, last = st.query_params.get(IMAGE, "0"), len(images.labels) - 1
    if asked.isascii() and asked.isdigit() and len(asked) < DIGITS and int(asked) <= last:
        return int(asked)
    numbered = f"they are numbered from 0 to {last:,}"
    st.info(
        plain(f"There is no image '{asked[:40]}' in this split; {numbered}. This is the first.")
    )
    return 0


def _first_of_class(card: Card, images: Split) -> int:
    label = card.classes.index(st.session_state[CLASS_WIDGET])
    return int((images.labels == label).nonzero()[0])
