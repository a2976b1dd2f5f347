"""Links to pages of the app in HTML of our own, which lead there as `st.page_link` does."""

from html import escape
from pathlib import Path
from urllib.parse import urlencode

from streamlit.components.v2 import component

from app.routes import PageName

_catch_clicks = component("page_links", js=Path(__file__).with_suffix(".js").read_text())


def link_attributes(name: PageName, **query: str | int) -> str:
    """What makes an <a> a link to a page: as safe HTML, whatever the query's words are."""
    return f'data-page="{name}" href="{escape(f"{name}?{urlencode(query)}")}"'


def follow_links() -> None:
    """Once on every page: have plain clicks on such links change the page in the same session;
    photos, forms and what else the session holds stay, which a browser's own way would lose."""
    _catch_clicks(key="links")
