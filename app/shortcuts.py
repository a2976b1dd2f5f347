"""Keys that press buttons; Streamlit keeps R for itself in its own shortcuts."""

from collections.abc import Mapping
from pathlib import Path

from streamlit.components.v2 import component

_listen = component("shortcuts", js=Path(__file__).with_suffix(".js").read_text())


def shortcuts(buttons: Mapping[str, str], about: str) -> None:
    """Have single letters press buttons, wherever the reader isn't writing something.

    buttons: the key of the container that holds each button alone, by letter
    about: what the buttons are about now; no letter presses twice before that has changed
    """
    _listen(key="shortcuts", data={"buttons": dict(buttons), "about": about})
