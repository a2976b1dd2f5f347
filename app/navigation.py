"""What every page run begins with, and which pages there are."""

import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # streamlit puts this file's folder there, not the project's
    sys.path.insert(0, str(ROOT))

from app import access, services, theme  # noqa: E402
from app.links import follow_links  # noqa: E402
from app.problems import in_one_sentence, tell_refused  # noqa: E402
from app.routes import PageName, page  # noqa: E402


def entry(name: PageName, title: str, icon: str) -> st.Page:
    """A page whose address is its name."""
    return st.Page(page(name), title=title, icon=icon, url_path=name, default=name == "home")


st.set_page_config(
    page_icon=str(ROOT / "app" / "icon.png"), layout="wide", initial_sidebar_state=200
)
current = st.navigation(
    {
        "": [entry("home", "Home", ":material/home:")],
        "Learn": [
            entry("train", "Train", ":material/play_arrow:"),
            entry("runs", "Runs", ":material/list:"),
            entry("studies", "Studies", ":material/science:"),
        ],
        "Look": [
            entry("evaluate", "Evaluate", ":material/grid_on:"),
            entry("compare", "Compare", ":material/compare_arrows:"),
        ],
        "Ask": [
            entry("predict", "Predict", ":material/image_search:"),
            entry("image", "One image", ":material/crop_original:"),
            entry("inside", "Inside", ":material/layers:"),
        ],
        "Published": [entry("results", "Results", ":material/leaderboard:")],
    },
    position="sidebar",
)
st.html(theme.LEGIBLE_BUTTONS)
follow_links()
with in_one_sentence():
    access.admit()
    tell_refused()
    services.queue()
    services.leave_cores_to_training()
    current.run()
    services.import_what_comes_later()
