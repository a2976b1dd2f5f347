"""Deleted runs, while they can be brought back."""

import streamlit as st

from app import services
from app.steering import action
from app.text import plain


def undo_bar() -> None:
    """Offer deleted runs back, for as long as they can be brought back."""
    store = services.store()
    for run in store.runs(deleted=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                f"'{plain(run.name)}' is deleted, for good when the app closes or after a day."
            )
            action("Undo", ":material/undo:", lambda run=run: store.restore(run.id), run.id)
