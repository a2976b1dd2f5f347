"""One photo, large: what networks take it for, and where they looked."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from app.example import Example, said_of, show_bars, show_maps, verdict
from app.familiarity import familiarity_of, say_verdict, show_neighbours
from app.gallery import thumbnails
from app.photos import PHOTO, Photo, look_at_all, look_at_photo, photos, remove_photo
from app.problems import in_one_sentence
from app.routes import page
from app.seeing import example_of, part_of, pick_seeing, seeing_in_link, take_part
from app.text import plain
from pages.predict.asked import Asked
from pages.predict.disturbing import disturb
from pages.predict.squares import pick_square

LEFT = 1.15  # of a verdict's width; what is chosen there needs it beside two of them
SIDE = 60  # pixels, the least width of a picture
FRAMINGS = {
    1: ["As it is"],
    2: ["As it is", "Mirrored"],
    4: ["As it is", "Closer", "Mirrored", "Closer, mirrored"],
}
"""What `core.prediction.framings` gives, by their number."""


def show_opened(photo: Photo, asked: Sequence[Asked]) -> None:
    _head(photo)
    with in_one_sentence():
        _look_at(photo, asked)


@st.fragment
def _look_at(photo: Photo, asked: Sequence[Asked]) -> None:
    """What moves while one tries things on the photo; the verdicts stand above all, as a phone
    shows no more."""
    with in_one_sentence():
        shares = [LEFT, *[1] * len(asked)]
        heads = st.columns(shares, gap="medium")[1:] if len(asked) > 1 else [st.container()]
        left, *right = st.columns(shares, gap="medium")
        with left:
            seeing = pick_seeing()
            cropping = st.container()
            plain_example = example_of(photo, seeing)
            example = disturb(plain_example, asked[0])
            for note in photo.picture.notes:
                st.caption(plain(note))
        for head, each in zip(heads, asked, strict=True):
            with head:
                _say(example, each, named=len(asked) > 1)
                if example is not plain_example:
                    _say_undisturbed(plain_example, each)
        if seeing.fit == "crop":
            with cropping:  # after the verdicts, for which nobody should wait
                _pick_part(photo)
        for column, each in zip(right, asked, strict=True):
            with column:
                show_bars(example, each.network, each.version)
        with right[0]:
            told = FRAMINGS[len(example.framings)]
            st.caption("What the network sees:")
            st.html(thumbnails(example.framings.numpy(), told, size=SIDE))
            st.page_link(
                page("image"),
                label="Its page",
                icon=":material/crop_original:",
                query_params={"run": asked[0].id, PHOTO: photo.key, **seeing_in_link()},
            )
        for each in asked:
            if len(asked) > 1:
                st.markdown(f"**{plain(each.name)}**")
            show_neighbours(example.image.numpy(), each.trained)
            # All photos share the methods of a network's maps.
            show_maps(example, each.network, each.version, f"photo {each.id}")


def _pick_part(photo: Photo) -> None:
    pick_square(
        "crop",
        np.asarray(photo.picture.image),
        photo.key,
        part_of(photo),
        f"The part of {photo.name} that the network sees.",
        lambda part: take_part(photo, part),
    )


def _say(example: Example, asked: Asked, named: bool) -> None:
    said = said_of(asked.network, example.framings.numpy(), asked.version)
    by = f"{plain(asked.name)}: " if named else ""
    found = familiarity_of(example.image.numpy(), asked.trained)
    say_verdict(verdict(asked.network.classes, said), found, by)


def _say_undisturbed(example: Example, asked: Asked) -> None:
    said = said_of(asked.network, example.framings.numpy(), asked.version)
    st.caption(f"Undisturbed: {verdict(asked.network.classes, said)}.")


def _head(photo: Photo) -> None:
    """Its name, and ways to the others."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(photo.name)}**", width="content")
        keys = [other.key for other in photos()]
        if len(keys) > 1:
            place = keys.index(photo.key)
            _button("All photos", "grid_view", look_at_all)
            _button("Previous", "arrow_back", lambda: look_at_photo(keys[place - 1]))
            st.caption(f"{place + 1} of {len(keys)}", width="content")
            _button("Next", "arrow_forward", lambda: look_at_photo(keys[(place + 1) % len(keys)]))
        _button("Remove", "close", lambda: remove_photo(photo))


def _button(label: str, icon: str, act: Callable[[], None]) -> None:
    st.button(label, icon=f":material/{icon}:", type="tertiary", on_click=act)
