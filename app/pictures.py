"""Whether a data set's pictures can be shown, or would have to be downloaded first."""

import streamlit as st

from app import access
from core.data import cifar10_available
from core.recipe import Data


def is_here(data: Data) -> bool:
    """Whether the pictures need no download."""
    return data.source != "cifar10" or cifar10_available()


def at_hand(data: Data) -> bool:
    """Whether the pictures are here; where they would be downloaded, a button asks first."""
    label = "Download CIFAR-10 (170 MB) to see the pictures"
    if is_here(data):
        return True
    if not access.may_steer():
        st.caption("CIFAR-10 is not on this server yet, so its pictures cannot be shown.")
        return False
    return st.button(label, icon=":material/download:")
