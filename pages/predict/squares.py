"""A square on a picture, for mouse, finger and keyboard: what a network sees of it, or doesn't."""

from collections.abc import Callable
from math import isfinite
from pathlib import Path

import numpy as np
import streamlit as st
from streamlit.components.v2 import component

from app.gallery import jpeg_data_url
from core.decoding import LEAST_SIDE, Part

PREVIEW = 480  # pixels of the longer side

_draw = component(
    "square",
    html="""
<div class="photo">
  <img draggable="false" alt="">
  <div class="part" tabindex="0" role="application"><div class="corner"></div></div>
</div>
<label class="size"><span>Size</span><input type="range" step="0.01"></label>
""",
    css=Path(__file__).with_suffix(".css").read_text(),
    js=Path(__file__).with_suffix(".js").read_text(),
)


def pick_square(
    key: str,
    picture: np.ndarray,
    about: str,
    square: Part,
    label: str,
    take: Callable[[Part], None],
    hides: bool = False,
) -> None:
    """Have a square of a picture chosen; while it is dragged, `take` hears of it a few times a
    second.

    picture: uint8 [H, W, 3]; about: names it; the square is drawn anew where another one comes
    label: what the square is, for those who don't see it
    hides: it is drawn as grey over the picture, else as a hole in a shade
    """

    def tell() -> None:
        match st.session_state[key].part:
            case [float() | int() as x, float() | int() as y, float() | int() as side] if all(
                map(isfinite, (x, y, side))
            ):
                take(Part(x, y, side))

    height, width = picture.shape[:2]
    _draw(
        key=key,
        data={
            "about": about,
            "source": jpeg_data_url(picture, PREVIEW),
            "width": width,
            "height": height,
            "part": [square.x, square.y, square.side],
            "least": LEAST_SIDE,
            "label": label,
            "hides": hides,
        },
        on_part_change=tell,
    )
