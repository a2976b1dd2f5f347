"""How photos become what networks see: which square, and how many looks at it."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from app.example import Example
from app.photos import Photo
from app.segments import segments
from core.prediction import CENTRE, Fit, Part, framed, framings

FITS: dict[Fit, str] = {"crop": "A part", "pad": "All, with grey", "stretch": "All, stretched"}
SHOWN_SIDE = 256  # pixels, of the square for people
FIT, AVERAGE = "fit", "average"  # in the link
PARTS = "parts of photos"  # in the session's state: by the photo's key


@dataclass(frozen=True)
class Seeing:
    """average: whether several framings are averaged"""

    fit: Fit
    average: bool


def pick_seeing() -> Seeing:
    """One choice for all photos; the link has it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        fit = segments("The network sees", FITS, FIT)
        average = st.toggle(
            "Average framings",
            value=True,
            key=AVERAGE,
            bind="query-params",
            help="The mean of what the network says of the part, of its inner four fifths and of "
            "both mirrored. On 274 photographs it was right two to three points more often than "
            "one look at the middle (docs/predict.md).",
        )
    return Seeing(fit, average)


def seeing_in_link() -> dict[str, str]:
    """What a link to another page that shows a photo takes along."""
    return {key: st.query_params[key] for key in (FIT, AVERAGE) if key in st.query_params}


def part_of(photo: Photo) -> Part:
    return st.session_state.get(PARTS, {}).get(photo.key, CENTRE)


def take_part(photo: Photo, part: Part) -> None:
    st.session_state[PARTS] = {**st.session_state.get(PARTS, {}), photo.key: part}


def example_of(photo: Photo, seeing: Seeing) -> Example:
    picture, part = photo.picture, part_of(photo)
    images = framings(picture, seeing.fit, part)
    return Example(
        key=photo.key,
        shown=np.asarray(framed(picture, seeing.fit, SHOWN_SIDE, part)),
        image=images[0],
        framings=images if seeing.average else images[:1],
        true=None,
    )
