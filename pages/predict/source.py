"""Whose pictures are shown."""

import streamlit as st

from pages.predict import data_set

OWN, DATA_SET = "Your own", "Its data set's"
SOURCE = "pictures"  # in the session's state


def pick_source() -> str:
    """Whose pictures; the link says so by naming an image, or none."""

    def change() -> None:
        if st.session_state[SOURCE] == DATA_SET:
            data_set.ask_for("test", 0)
        else:
            data_set.forget()

    st.session_state[SOURCE] = DATA_SET if data_set.is_asked_for() else OWN
    chosen = st.segmented_control(
        "Pictures", [OWN, DATA_SET], key=SOURCE, required=True, on_change=change
    )
    return chosen or OWN
