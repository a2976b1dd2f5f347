"""The visitor's photos, kept in the session while other pages are looked at."""

from dataclasses import dataclass, replace

import streamlit as st

from core.errors import ConvscopeError
from core.prediction import Picture, shrunk, size_notes
from core.prediction.samples import SAMPLES, sample

PHOTO = "photo"  # in the link: the key of the one that is looked at, or
ALL = "all"  # where all are
KEPT_SIDE = 768  # pixels of the longer side, at most
MOST = 30  # photos; each takes up to 1.8 MB of the server's memory
DRAWN = "sample "  # what the key of a drawn picture begins with, before its name
KEPT = "photos"  # in the session's state, as they came


@dataclass(frozen=True)
class Photo:
    """key: what tells it from all others, whose names may be the same"""

    key: str
    name: str
    picture: Picture


def photos() -> list[Photo]:
    return st.session_state.get(KEPT, [])


def photo_asked_for() -> Photo | None:
    """The one that the link names, drawn again where the program drew it; None where it names none,
    or one of another session."""
    asked = st.query_params.get(PHOTO, "")
    drawn = asked.removeprefix(DRAWN)
    if drawn != asked and drawn in SAMPLES:
        add_sample(drawn)
    return next((photo for photo in photos() if photo.key == asked), None)


def photo_is_gone() -> bool:
    """Whether the link is of photos that this session does not have: of another, or of the one
    before the page was loaded anew. Says so."""
    asked = st.query_params.get(PHOTO)
    if asked is None or photo_asked_for() is not None or (asked == ALL and photos()):
        return False
    told, it = (
        ("photos of this link are", "them") if asked == ALL else ("photo of this link is", "it")
    )
    st.info(
        f"The {told} not here. Photos are kept only while Convscope stays open in one tab: loading "
        f"a page anew drops them, and nobody else sees them. Upload {it} again."
    )
    return True


def look_at_photo(key: str) -> None:
    st.query_params[PHOTO] = key


def look_at_all() -> None:
    """Of them all, or of the only one."""
    if photos():
        look_at_photo(photos()[0].key if len(photos()) == 1 else ALL)
    else:
        st.query_params.pop(PHOTO, None)


def add_sample(name: str) -> str:
    """Keep the drawn picture of this name among SAMPLES; its key. Raises as `add_photo`."""
    key = f"{DRAWN}{name}"
    if not _is_kept(key):
        add_photo(key, name, sample(name))
    return key


def add_photo(key: str, name: str, picture: Picture) -> None:
    """Keep a picture, a large one smaller. Raises ConvscopeError when there is no room for one
    more."""
    if _is_kept(key):  # Streamlit tells of an upload again where a click broke off its page run
        return
    if len(photos()) >= MOST:
        raise ConvscopeError(
            f"'{name}' is left out, as there are {MOST} photos; remove some first."
        )
    kept = replace(shrunk(picture, KEPT_SIDE), notes=picture.notes + size_notes(picture))
    st.session_state[KEPT] = [*photos(), Photo(key, name, kept)]


def _is_kept(key: str) -> bool:
    return any(photo.key == key for photo in photos())


def remove_photo(photo: Photo) -> None:
    st.session_state[KEPT] = [other for other in photos() if other.key != photo.key]
    look_at_all()
