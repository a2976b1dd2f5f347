"""Problems that the user can solve, as a page tells them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from app import services
from app.text import plain
from core.errors import ConvscopeError

REFUSED = "refused"  # in the session's state: why the last press was
PRESS_SECONDS = 5.0  # that somebody waits for another program to let go of the store


@contextmanager
def in_one_sentence() -> Iterator[None]:
    """Show a problem that the user can solve as its one sentence, without a traceback."""
    try:
        yield
    except ConvscopeError as error:
        st.error(plain(str(error)), icon=":material/error:")


def attempt(act: Callable[[], None]) -> None:
    """Do what somebody pressed for, and draw the page anew. Why it is refused is told then: said
    right here, in a part that moves by itself, it would be gone with the next tick."""
    try:
        with services.store().patience(PRESS_SECONDS):
            act()
    except ConvscopeError as error:
        st.session_state[REFUSED] = str(error)
    st.rerun()


def tell_refused() -> None:
    """Say why the last press was refused, until whoever pressed has read it."""
    if sentence := st.session_state.pop(REFUSED, ""):
        st.toast(plain(sentence), icon=":material/error:", duration="infinite")
