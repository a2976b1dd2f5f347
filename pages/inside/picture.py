"""The picture that goes through the network; the link says which."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from app import services
from app.gallery import png_data_url
from app.photos import photos
from app.pictures import at_hand, is_here
from app.segments import segments
from app.text import plain
from core.data.shapes import SEEDS, SHAPES, draw
from core.prediction import to_input
from pages.inside.subject import DIGITS, Subject

Source = Literal["test", "drawn", "photo"]
SOURCES: dict[Source, str] = {"test": "A test image", "drawn": "A drawn shape"}
PHOTOS: dict[Source, str] = {"photo": "Your photo"}
SOURCE, IMAGE = "picture", "image"  # in the link
DRAWN = 100  # shapes to choose from


@dataclass(frozen=True)
class Picture:
    """pixels: uint8 [32, 32, 3], as the network sees it; label: its class in words, or what a
    photo's file is called"""

    source: Source
    number: int
    pixels: Tensor
    label: str

    @property
    def query(self) -> dict[str, str | int]:
        """In links to the same picture."""
        return {SOURCE: self.source, IMAGE: self.number}

    @property
    def title(self) -> str:
        named = {"test": "Test image", "drawn": "Drawn shape", "photo": "Photo"}
        return f"{named[self.source]} #{self.number}"


def pick_picture(subject: Subject) -> Picture | None:
    """Choose a test image of the network's data, a drawn shape, which needs no data, or one of the
    visitor's photos, the newest first. None while the test images are not here."""
    here = is_here(subject.card.recipe.data)
    offered = SOURCES if here else dict(reversed(SOURCES.items()))
    offered = offered | PHOTOS if photos() else offered
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = segments("Picture", offered, SOURCE)
        if source == "drawn":
            images, labels, classes = *_drawn(), tuple(SHAPES)
        elif source == "photo":
            number = pick_number(len(photos()))
            photo = photos()[number]
            return Picture(source, number, to_input(photo.picture), photo.name)
        elif at_hand(subject.card.recipe.data):
            split = services.own_dataset(subject.card).test
            images, labels, classes = split.images, split.labels, subject.card.classes
        else:
            st.info(
                "The test images of this network's data set are not here; a drawn shape needs none."
            )
            return None
        number = pick_number(len(images))
    return Picture(source, number, images[number], classes[int(labels[number])])


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


def picture_html(picture: Picture, answer: str, side: int = 132) -> str:
    """The picture, and what it is and is taken for."""
    words = plain(f"{picture.title}, {picture.label}")
    return (
        f'<figure style="margin:0;width:{side}px;font-size:0.8rem"><img alt="{words}" '
        f'style="width:{side}px;image-rendering:pixelated;border-radius:6px;display:block" '
        f'src="{png_data_url(picture.pixels.numpy())}">'
        f"<figcaption>{answer}</figcaption></figure>"
    )
