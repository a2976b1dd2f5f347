"""The dashboard's entry: `streamlit run app/Home.py`."""

import sys
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # streamlit puts this file's folder there, not the project's
    sys.path.insert(0, str(ROOT))

from app.doors import Doors  # noqa: E402

app = st.App(ROOT / "app" / "navigation.py", middleware=[Middleware(Doors)])
