"""The visitor's photos, kept in the session while other pages are looked at."""

from dataclasses import dataclass, replace

import streamlit as st

from core.errors import ConvscopeError
from core.prediction import Picture, shrunk, size_notes

PHOTO = "photo"  # in the link: the key of the one that is looked at
KEPT_SIDE = 768  # pixels of the longer side, at most
MOST = 30  # photos; each takes up to 1.8 MB of the server's memory
KEPT = "photos"  # in the session's state, the newest first


@dataclass(frozen=True)
class Photo:
    """key: what tells it from all others, whose names may be the same"""

    key: str
    name: str
    picture: Picture


def photos() -> list[Photo]:
    return st.session_state.get(KEPT, [])


def photo_asked_for() -> Photo | None:
    """The one that the link names; None where it names none, or one of another session."""
    asked = st.query_params.get(PHOTO)
    return next((photo for photo in photos() if photo.key == asked), None)


def add_photo(key: str, name: str, picture: Picture) -> None:
    """Keep a picture, a large one smaller. Raises ConvscopeError when there is no room for one
    more."""
    if len(photos()) >= MOST:
        raise ConvscopeError(
            f"'{name}' is left out, as there are {MOST} photos; remove some first."
        )
    kept = replace(shrunk(picture, KEPT_SIDE), notes=picture.notes + size_notes(picture))
    st.session_state[KEPT] = [Photo(key, name, kept), *photos()]


def remove_photo(photo: Photo) -> None:
    st.session_state[KEPT] = [other for other in photos() if other.key != photo.key]
    if st.query_params.get(PHOTO) == photo.key:
        del st.query_params[PHOTO]
