"""The picture that goes through the network; the link says which."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from app import services
from app.gallery import png_data_url
from app.photos import PHOTO, look_at_photo, photo_asked_for, photo_is_gone, photos
from app.pictures import at_hand, is_here
from app.routes import page
from app.segments import segments
from app.text import plain
from core.data.shapes import SEEDS, SHAPES, draw
from core.prediction import to_input
from pages.inside.subject import DIGITS, Subject

Source = Literal["test", "drawn", "photo"]
SOURCES: dict[Source, str] = {"test": "A test image", "drawn": "A drawn shape"}
PHOTOS: dict[Source, str] = {"photo": "Your photo"}
SOURCE, IMAGE = "picture", "image"  # in the link
CHOSEN_PHOTO = "chosen photo"  # in the session's state
DRAWN = 100  # shapes to choose from


@dataclass(frozen=True)
class Picture:
    """title: such as 'Test image #3'; label: its class in words, or what a photo's file is called
    pixels: uint8 [32, 32, 3], as the network sees it; query: in links to the same picture
    """

    title: str
    label: str
    pixels: Tensor
    query: dict[str, str | int]

    @property
    def is_own(self) -> bool:
        """Whether it is of the network's own data set."""
        return self.query[SOURCE] == "test"

    @property
    def is_drawn(self) -> bool:
        return self.query[SOURCE] == "drawn"


def pick_picture(subject: Subject) -> Picture | None:
    """Choose a test image of the network's data, a drawn shape, which needs no data, or one of the
    visitor's photos, the newest first. None while there is none of the kind, which is told."""
    here = is_here(subject.card.recipe.data)
    offered = (SOURCES if here else dict(reversed(SOURCES.items()))) | PHOTOS
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = segments("Picture", offered, SOURCE)
        match source:
            case "photo":
                return _pick_photo()
            case "drawn":
                return _picked(source, "Drawn shape", *_drawn(), tuple(SHAPES))
            case "test":
                return _pick_test_image(subject)


def _pick_test_image(subject: Subject) -> Picture | None:
    if not at_hand(subject.card.recipe.data):
        st.info(
            "The test images of this network's data set are not here; a drawn shape needs none."
        )
        return None
    split = services.own_dataset(subject.card).test
    return _picked("test", "Test image", split.images, split.labels, subject.card.classes)


def _picked(
    source: Source, title: str, images: Tensor, labels: Tensor, classes: Sequence[str]
) -> Picture:
    number = pick_number(len(images))
    query: dict[str, str | int] = {SOURCE: source, IMAGE: number}
    return Picture(f"{title} #{number}", classes[int(labels[number])], images[number], query)


def _pick_photo() -> Picture | None:
    if photo_is_gone() or not photos():
        st.page_link(page("predict"), label="Upload a photo on Predict", icon=":material/upload:")
        return None
    named = {photo.key: photo.name for photo in photos()}
    chosen = photo_asked_for() or photos()[0]
    if len(named) > 1:
        st.session_state[CHOSEN_PHOTO] = chosen.key
        st.selectbox(
            "Photo",
            list(named),
            format_func=lambda key: named[key],
            key=CHOSEN_PHOTO,
            width=260,
            on_change=lambda: look_at_photo(st.session_state[CHOSEN_PHOTO]),
        )
    pixels = to_input(chosen.picture)
    return Picture("Photo", chosen.name, pixels, {SOURCE: "photo", PHOTO: chosen.key})


def pick_number(count: int) -> int:
    """The number that the link names, of so many images, or 0."""
    asked = st.query_params.get(IMAGE, "0")
    known = asked.isascii() and asked.isdigit() and len(asked) <= DIGITS + 2 and int(asked) < count
    if not known:
        st.info(
            plain(f"There is no image '{asked[:20]}' here; they are numbered from 0 to {count - 1}")
        )
    st.session_state[IMAGE] = int(asked) if known else 0
    st.number_input(
        "Image",
        0,
        count - 1,
        key=IMAGE,
        width=140,
        on_change=lambda: st.query_params.update({IMAGE: str(st.session_state[IMAGE])}),
    )
    return st.session_state[IMAGE]


@st.cache_data(show_spinner=False)
def _drawn_arrays() -> tuple[np.ndarray, np.ndarray]:
    split = draw(DRAWN, SEEDS["test"])
    return split.images.numpy(), split.labels.numpy()


def _drawn() -> tuple[Tensor, Tensor]:
    images, labels = _drawn_arrays()
    return torch.from_numpy(images), torch.from_numpy(labels)


def picture_html(pixels: np.ndarray, words: str, caption: str, side: int) -> str:
    """A picture, uint8 [H, W, 3], enlarged. caption: safe HTML; side: CSS pixels"""
    return (
        f'<figure style="margin:0;width:{side}px;font-size:0.8rem"><img alt="{escape(words)}" '
        f'style="width:{side}px;image-rendering:pixelated;border-radius:6px;display:block" '
        f'src="{png_data_url(pixels)}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )
