"""The visitor's photos: uploaded or taken, and kept while other pages are looked at."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from torch import Tensor

from app.segments import segments
from app.text import plain
from core.decoding import SUFFIXES
from core.errors import ConvscopeError
from core.prediction import Fit, framed, read_picture, to_input

TYPES = sorted(SUFFIXES)
FITS: dict[Fit, str] = {"crop": "Crop the centre", "pad": "Pad with grey", "stretch": "Stretch"}
SHOWN_SIDE = 256  # pixels, of the picture beside the network's input
MOST = 50  # photos; each takes 0.6 MB of the server's memory
KEPT, REFUSED, ROUND = "photos", "photos refused", "photos round"
"""In the session's state: the photos, the newest first, why others are not among them, and the
number of the uploader, which gives its files away and begins anew."""


@dataclass(frozen=True)
class Photo:
    """squares: for each way to become square, the picture for people, uint8 [256, 256, 3], and as
    the network sees it, uint8 [32, 32, 3]"""

    key: str
    name: str
    notes: tuple[str, ...]
    squares: dict[Fit, tuple[np.ndarray, Tensor]]


def pick_photos() -> tuple[list[Photo], Fit]:
    """Ask for photos; returns those there are and how they become square."""
    uploads, camera = _uploads_key(), _camera_key()
    st.file_uploader(
        "Photos", TYPES, accept_multiple_files=True, key=uploads, on_change=take, args=(uploads,)
    )
    with st.expander("Use the camera", icon=":material/photo_camera:"):
        st.camera_input(
            "Camera", label_visibility="collapsed", key=camera, on_change=take, args=(camera,)
        )
    fit = segments("How a picture becomes square", FITS, "fit")
    for sentence in st.session_state.pop(REFUSED, []):
        st.error(plain(sentence), icon=":material/error:")
    return _kept(), fit


def take(key: str) -> None:
    """Keep the photos of an uploader, which then begins anew; what cannot be read is refused."""
    given = st.session_state[key]
    files = given if isinstance(given, list) else [given]
    refused: list[str] = []
    for file in files:
        try:
            if len(_kept()) >= MOST:
                raise ConvscopeError(
                    f"'{file.name}' is left out, as there are {MOST} photos; remove some first."
                )
            picture = read_picture(file.getvalue(), file.name)
        except ConvscopeError as error:
            refused.append(str(error))
            continue
        squares: dict[Fit, tuple[np.ndarray, Tensor]] = {
            fit: (np.asarray(framed(picture, fit, SHOWN_SIDE)), to_input(picture, fit))
            for fit in FITS
        }
        _keep([Photo(file.file_id, file.name, picture.notes, squares), *_kept()])
    st.session_state[REFUSED] = refused
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


def remove(photo: Photo) -> None:
    _keep([other for other in _kept() if other.key != photo.key])


def _kept() -> list[Photo]:
    return st.session_state.get(KEPT, [])


def _keep(photos: list[Photo]) -> None:
    st.session_state[KEPT] = photos


def _uploads_key() -> str:
    return f"uploads {st.session_state.get(ROUND, 0)}"


def _camera_key() -> str:
    return f"camera {st.session_state.get(ROUND, 0)}"
