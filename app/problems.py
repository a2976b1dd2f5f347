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


def tell_wrong(sentence: str) -> None:
    """Below the field that holds it."""
    st.markdown(f":small[:red[:material/error: {plain(sentence)}]]")


def attempt(act: Callable[[], object]) -> None:
    """Do what somebody pressed for, and draw the page anew."""
    _done(act)
    st.rerun()


def attempt_at_once(act: Callable[[], object]) -> None:
    """`attempt` for a button's `on_click`: where the button stands in a part that moves by itself,
    only that is drawn anew, and so at once."""
    if not _done(act):
        st.rerun()


def _done(act: Callable[[], object]) -> bool:
    """Do it, or keep why it is refused. That is told when the whole page is drawn: said in a part
    that moves by itself, it would be gone with the next tick."""
    try:
        with services.store().patience(PRESS_SECONDS):
            act()
    except ConvscopeError as error:
        st.session_state[REFUSED] = str(error)
        return False
    return True


def tell_refused() -> None:
    """Say why the last press was refused, until whoever pressed has read it."""
    if sentence := st.session_state.pop(REFUSED, ""):
        st.toast(plain(sentence), icon=":material/error:", duration="infinite")
