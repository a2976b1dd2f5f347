"""What is chosen on a map of images, and which of its groups are hidden; in the link.

An area stands there as x_y_x_y..., whole numbers in places of `core.evaluation.maps.UNIT`:
app/charts/scatter.js reads and writes it, too.
"""

import re

import numpy as np
import streamlit as st

from app.cells import show_first_page

AREA, HIDDEN = "area", "hidden"  # in the URL
MAP = "area-map"  # in the session's state: the name of the map that the area is of
PAGE = "area-page"  # in the URL: of the chosen images
MOST = 40  # vertices
WRITTEN = re.compile(r"-?[0-9]{1,5}(_-?[0-9]{1,5})*")


def choose_area(area: str, hidden: list[str]) -> None:
    """Write what is chosen and hidden into the URL, opened at the first page of its images."""
    for key, value in ((AREA, area), (HIDDEN, hidden)):
        if value:
            st.query_params[key] = value
        else:
            st.query_params.pop(key, None)
    show_first_page(PAGE)


def keep_to_map(name: str) -> None:
    """Take an area out of the URL that was chosen on a map of another name in this session, where
    it says nothing."""
    if st.session_state.setdefault(MAP, name) != name:
        st.session_state[MAP] = name
        choose_area("", hidden_from_url())


def area_from_url() -> np.ndarray | None:
    """The chosen area: int64 [vertices, 2], one vertex or 3 to 40; None where the URL has none."""
    area = st.query_params.get(AREA, "")
    if not WRITTEN.fullmatch(area):
        return None
    numbers = np.array([int(number) for number in area.split("_")])
    vertices, odd = divmod(len(numbers), 2)
    fits = vertices == 1 or 3 <= vertices <= MOST
    return numbers.reshape(-1, 2) if fits and not odd else None


def hidden_from_url() -> list[str]:
    """Titles of the groups that are hidden, of whatever the colours show."""
    return st.query_params.get_all(HIDDEN)
