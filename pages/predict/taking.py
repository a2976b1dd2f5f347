"""Where photos come from: files, the camera, and pictures that the program draws."""

import numpy as np
import streamlit as st

from app.gallery import thumbnails
from app.links import link_attributes
from app.photos import MOST, add_photo, add_sample, look_at_all, look_at_photo, photos
from app.text import plain
from core.decoding import read_picture
from core.errors import ConvscopeError
from core.prediction.samples import SAMPLES, sample

SAMPLE = "sample"  # in the link: the name of a drawn picture
REFUSED, ROUND = "photos refused", "photos round"
"""In the session's state: why some are not among the photos, and the number of the uploader, which
gives its files away and begins anew."""


def take_photos(network: str) -> None:
    """Ask for photos, large while there are none and behind a button once there are; `network` is
    the id of the one that is asked."""
    _take_sample()
    if photos():
        with st.popover(
            f"Add photos ({len(photos())} of {MOST})", icon=":material/add_photo_alternate:"
        ):
            _ask(network)
    else:
        _ask(network)
    for sentence in st.session_state.pop(REFUSED, []):
        st.error(plain(sentence), icon=":material/error:")


def _ask(network: str) -> None:
    round_ = st.session_state.get(ROUND, 0)
    uploads, camera = f"uploads {round_}", f"camera {round_}"
    # Of any type: what the browser refuses by its name would vanish without a word.
    st.file_uploader(
        "Photos", accept_multiple_files=True, key=uploads, on_change=_take, args=(uploads,)
    )
    with st.expander("Use the camera", icon=":material/photo_camera:"):
        st.camera_input(
            "Camera", label_visibility="collapsed", key=camera, on_change=_take, args=(camera,)
        )
    st.caption("No photo at hand? These were drawn by Convscope; click one.")
    st.html(
        thumbnails(
            _drawn(),
            list(SAMPLES),
            size=72,
            links=[link_attributes("predict", run=network, sample=name) for name in SAMPLES],
        )
    )


def _take(key: str) -> None:
    """Keep the photos of an uploader, which then begins anew; what cannot be read is refused."""
    given = st.session_state[key]
    refused: list[str] = []
    for file in given if isinstance(given, list) else [given]:
        try:
            add_photo(file.file_id, file.name, read_picture(file.getvalue(), file.name))
        except ConvscopeError as error:
            refused.append(str(error))
    look_at_all()
    st.session_state[REFUSED] = refused
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


def _take_sample() -> None:
    """Add the drawn picture that the link names, and open it."""
    name = st.query_params.pop(SAMPLE, None)
    if name is None:
        return
    if name not in SAMPLES:
        st.info(plain(f"There is no drawn picture '{name[:40]}'; there are {', '.join(SAMPLES)}."))
        return
    try:
        look_at_photo(add_sample(name))
    except ConvscopeError as error:
        st.error(plain(str(error)), icon=":material/error:")


@st.cache_data(show_spinner=False)
def _drawn() -> list[np.ndarray]:
    return [np.asarray(sample(name).image.resize((96, 96))) for name in SAMPLES]
