"""A square on a photo, for mouse, finger and keyboard: the part that networks see."""

from math import isfinite
from pathlib import Path

import numpy as np
import streamlit as st
from streamlit.components.v2 import component

from app.gallery import jpeg_data_url
from app.photos import Photo
from app.seeing import part_of, take_part
from core.decoding import LEAST_SIDE, Part

KEY = "crop"
PREVIEW = 480  # pixels of the longer side

_draw = component(
    "crop",
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


def pick_part(photo: Photo) -> None:
    """Have a part of the photo chosen, where `app.seeing.part_of` finds it. While it is dragged,
    it is told a few times a second."""

    def tell() -> None:
        match st.session_state[KEY].part:
            case [float() | int() as x, float() | int() as y, float() | int() as side] if all(
                map(isfinite, (x, y, side))
            ):
                take_part(photo, Part(x, y, side))

    part, image = part_of(photo), photo.picture.image
    _draw(
        key=KEY,
        data={
            "key": photo.key,
            "source": _preview(photo.key, np.asarray(image)),
            "width": image.width,
            "height": image.height,
            "part": [part.x, part.y, part.side],
            "least": LEAST_SIDE,
            "name": photo.name,
        },
        on_part_change=tell,
    )


@st.cache_data(max_entries=60, show_spinner=False)
def _preview(key: str, _image: np.ndarray) -> str:
    del key  # of the cache
    return jpeg_data_url(_image, PREVIEW)
