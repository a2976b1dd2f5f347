"""What every page run begins with, and which pages there are."""

import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # streamlit puts this file's folder there, not the project's
    sys.path.insert(0, str(ROOT))

from app import access, services  # noqa: E402
from app.components import in_one_sentence  # noqa: E402
from app.routes import page  # noqa: E402

st.set_page_config(page_icon=str(ROOT / "app" / "icon.png"), layout="wide")
current = st.navigation(
    [
        st.Page(page("home"), title="Home", icon=":material/home:", default=True),
        st.Page(page("train"), title="Train", icon=":material/play_arrow:"),
        st.Page(page("runs"), title="Runs", icon=":material/list:"),
        st.Page(page("evaluate"), title="Evaluate", icon=":material/grid_on:"),
        st.Page(page("results"), title="Results", icon=":material/leaderboard:"),
        st.Page(page("predict"), title="Predict", icon=":material/image_search:"),
    ],
    position="top",
)
with in_one_sentence():
    access.admit()
    services.queue()
    services.leave_cores_to_training()
    current.run()
