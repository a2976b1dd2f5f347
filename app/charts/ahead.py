"""Plotly before its first chart: Streamlit loads it, 5 MB, when one is drawn, which takes a second
on two cores, and the page could have begun before it knew what to draw."""

from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component

STATIC = Path(st.__file__).with_name("static")
NO_ROOM = "<style>.st-key-ahead { position: absolute; }</style>"
_load = component("ahead", js=Path(__file__).with_suffix(".js").read_text())


def load_plotly() -> None:
    """Have the browser load Plotly now; once on a page."""
    found = next(STATIC.glob("static/js/PlotlyChart.*.js"), None)
    if found is not None:  # what Streamlit calls it is nothing that it promises
        st.html(NO_ROOM)
        _load(key="ahead", data={"module": found.relative_to(STATIC).as_posix()})
