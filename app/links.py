"""Links to pages of the app in HTML of our own, which lead there as `st.page_link` does."""

import secrets
from html import escape
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlencode

import streamlit as st
from streamlit.components.v2 import component

from app.routes import PageName

KEY = "links"
GOING = "page to go to"  # in the session's state
# For what is not seen; by itself it would be as wide as the page, and begin further right.
NO_ROOM = f"<style>.st-key-{KEY} {{position: absolute; left: 0; max-width: 0}}</style>"
_catch_clicks = component("page_links", js=Path(__file__).with_suffix(".js").read_text())


def link_attributes(name: PageName, **query: str | int) -> str:
    """What makes an <a> a link to a page: as safe HTML, whatever the query's words are."""
    return f'data-page="{name}" href="{escape(f"{name}?{urlencode(query)}")}"'


def lead(label: str, icon: str, key: str, **query: str) -> None:
    """Lead to another view of the page that one is on, which has this query. `st.page_link` would
    draw that and leave the address as it is."""
    st.button(
        label,
        icon=icon,
        key=f"lead to {key}",
        type="tertiary",
        on_click=lambda: st.query_params.from_dict(query),
    )


def go(name: PageName, **query: str) -> NoReturn:
    """Lead to a page as a click on a link to it does. `st.switch_page` would leave an address in
    the browser's history that is of neither page, so that Back did not lead back."""
    st.session_state[GOING] = {"to": f"{name}?{urlencode(query)}", "id": secrets.token_hex(4)}
    st.rerun()


def follow_links() -> None:
    """Once on every page, before it has a link: have plain clicks on such links change the page in
    the same session; photos, forms and what else the session holds stay, which a browser's own way
    would lose."""
    st.html(NO_ROOM)
    _catch_clicks(key=KEY, data=st.session_state.pop(GOING, None))
