"""What the browser's tab is called."""

import streamlit as st

APP = "Convscope"


def tab_title(*parts: str) -> None:
    """Call the tab after what the page shows, the special first: 'My run · Train · Convscope'."""
    st.set_page_config(page_title=" · ".join([*(part for part in parts if part), APP]))
