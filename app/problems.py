"""Problems that the user can solve, as a page tells them."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from app.text import plain
from core.errors import ConvscopeError


@contextmanager
def in_one_sentence() -> Iterator[None]:
    """Show a problem that the user can solve as its one sentence, without a traceback."""
    try:
        yield
    except ConvscopeError as error:
        st.error(plain(str(error)), icon=":material/error:")
