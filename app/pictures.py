"""Whether a data set's pictures can be shown, or would have to be downloaded first."""

import streamlit as st

from app import access
from core.data import SOURCES
from core.recipe import Data


def is_here(data: Data) -> bool:
    """Whether the pictures need no download."""
    return not SOURCES[data.source].download()


def at_hand(data: Data) -> bool:
    """Whether the pictures are here; where they would be downloaded, a button asks first."""
    source = SOURCES[data.source]
    download = source.download()
    if not download:
        return True
    if not access.may_steer():
        st.caption(f"{source.title} is not on this server yet, so its pictures cannot be shown.")
        return False
    return st.button(f"Download {download} to see the pictures", icon=":material/download:")
