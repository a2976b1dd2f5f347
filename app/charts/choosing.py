"""What charts share of which one thing can be pointed at and chosen, drawn by the browser."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

FOLDER = Path(__file__).parent
SCRIPTS = ("shared", "saving", "line_axes", "choosing")
LOOKS = ("charts", "line_chart", "choosing")
HTML = """
<div class="frame">
  <div class="legend" role="group" aria-label="What is drawn"></div>
  <div class="scrolls"><svg class="charts" tabindex="0" role="img"></svg></div>
  <div class="tip" role="status" hidden></div>
  <div class="tools">
    <button name="png" title="Save the chart as a picture">PNG</button>
    <button name="svg" title="Save the chart as a drawing">SVG</button>
  </div>
</div>
"""


@dataclass(frozen=True)
class Axis:
    """names: of what stands on it, where that is no number; whole: of whole numbers"""

    title: str
    log: bool = False
    names: Sequence[str] = ()
    whole: bool = False


def chooser(name: str) -> Callable[..., Any]:
    """The component that `name`.js draws."""
    return component(
        name,
        html=HTML,
        css="".join((FOLDER / f"{part}.css").read_text() for part in LOOKS),
        js="\n".join((FOLDER / f"{part}.js").read_text() for part in (*SCRIPTS, name)),
    )


def tell(key: str, choose: Callable[[int], None] | None) -> None:
    """Call `choose` with the number that was chosen in the chart of this key."""
    number = st.session_state[key].choice
    if choose is not None and isinstance(number, int):
        choose(number)
