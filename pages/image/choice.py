"""Which image of a data set is looked at; the link names it."""

from collections.abc import Sequence
from typing import get_args

import numpy as np
import streamlit as st

from app.text import plain
from core.data import SplitName

SPLIT, IMAGE = "split", "image"  # in the link
SPLIT_WIDGET, CLASS_WIDGET, IMAGE_WIDGET = "image split", "image class", "image number"
SPLITS: tuple[SplitName, ...] = get_args(SplitName)
DIGITS = 10  # of a number in a link, at most


def asked_split() -> SplitName:
    """The part of the data set that the link names, the test images where it names none."""
    asked = st.query_params.get(SPLIT, SPLITS[-1])
    for split in SPLITS:
        if split == asked:
            return split
    st.info(plain(f"'{asked[:40]}' in this link is no part of a data set; this is {SPLITS[-1]}."))
    return SPLITS[-1]


def pick_split(split: SplitName) -> None:
    """A choice of the part, this one at first."""
    st.session_state[SPLIT_WIDGET] = split
    st.segmented_control(
        "Images",
        SPLITS,
        key=SPLIT_WIDGET,
        required=True,
        on_change=lambda: ask_for(st.session_state[SPLIT_WIDGET], 0),
    )


def pick_image(split: SplitName, labels: np.ndarray, classes: Sequence[str]) -> int:
    """Choose an image by its class or its number. Where the link names none that there is, as after
    another network was chosen, the first. labels: int64 [N] of the split"""
    number = _asked_image(len(labels))
    label = int(labels[number])
    alike = np.flatnonzero(labels == label).tolist()
    place = alike.index(number)
    st.session_state.update({CLASS_WIDGET: classes[label], IMAGE_WIDGET: number})
    st.selectbox(
        "Class",
        [classes[each] for each in np.unique(labels)],
        key=CLASS_WIDGET,
        width=180,
        on_change=lambda: ask_for(split, _first_of_class(labels, classes)),
    )
    st.number_input(
        "Image",
        0,
        len(labels) - 1,
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
    return number


def ask_for(split: SplitName, image: int) -> None:
    st.query_params.update({SPLIT: split, IMAGE: str(image)})


def _asked_image(count: int) -> int:
    asked, last = st.query_params.get(IMAGE, "0"), count - 1
    if asked.isascii() and asked.isdigit() and len(asked) < DIGITS and int(asked) <= last:
        return int(asked)
    numbered = f"they are numbered from 0 to {last:,}"
    st.info(
        plain(f"There is no image '{asked[:40]}' in this split; {numbered}. This is the first.")
    )
    return 0


def _first_of_class(labels: np.ndarray, classes: Sequence[str]) -> int:
    label = list(classes).index(st.session_state[CLASS_WIDGET])
    return int(np.flatnonzero(labels == label)[0])
