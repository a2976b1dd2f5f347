"""Who may steer: everybody, or, on a server shared with a class, who came by the link for it."""

import hmac
import os

import streamlit as st

from core.errors import ConvscopeError

VARIABLE = "CONVSCOPE_TOKEN"
SHORTEST = 12  # characters
STEERS = "may steer"  # in the session's state
KEY = "token"  # in the link


def admit() -> None:
    """Let the session steer whose link holds the token, and take that out of the address, which
    may be projected or copied. Raises ConvscopeError where the server's is too short a one."""
    token, given = _token(), st.query_params.get(KEY)
    if given is None:
        return
    del st.query_params[KEY]
    st.session_state[STEERS] = hmac.compare_digest(given.encode(), token.encode())
    if token and not st.session_state[STEERS]:
        st.warning("The token in this link is not the server's, so you may only look.")


def may_steer() -> bool:
    """Whether this session may change anything: train, stop, rename, delete, download."""
    return not _token() or st.session_state.get(STEERS, False)


def _token() -> str:
    token = os.environ.get(VARIABLE, "")
    if token and len(token) < SHORTEST:
        raise ConvscopeError(
            f"{VARIABLE} is shorter than {SHORTEST} characters and could be guessed; start the "
            "server with a longer one."
        )
    return token
