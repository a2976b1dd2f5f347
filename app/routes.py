"""The pages: their rooms, in one place, for the navigation and for links between them."""

from typing import Literal

from core.files import PROJECT

PageName = Literal[
    "home",
    "train",
    "runs",
    "studies",
    "evaluate",
    "compare",
    "inside",
    "predict",
    "image",
    "results",
]


def page(name: PageName) -> str:
    """What `st.Page`, `st.page_link` and `st.switch_page` take for a page."""
    return str(PROJECT / "pages" / name / "page.py")
