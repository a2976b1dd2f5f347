"""The runs that are looked at: they are in the link, and stay chosen from page to page."""

import streamlit as st

LINK = "run"
KEPT = "runs looked at"  # in the session's state, as the navigation leaves links behind


def asked_for() -> list[str]:
    """The runs, or networks that ship, that the link asks for."""
    return [run for run in st.query_params.get(LINK, "").split(",") if run]


def looked_at() -> list[str]:
    """Those of the link, which are kept for other pages, else those that another page kept."""
    if asked := asked_for():
        st.session_state[KEPT] = asked
    return st.session_state.get(KEPT, [])


def look_at(*runs: str) -> None:
    """Put the runs into the link, and keep them for other pages."""
    st.session_state[KEPT] = list(runs)
    if runs:
        st.query_params[LINK] = ",".join(runs)
    else:
        st.query_params.pop(LINK, None)
