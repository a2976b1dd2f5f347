"""Points over one axis, each of which can be pointed at and chosen, and a line of what was best so
far; drawn by the browser, like the line charts."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component

FOLDER = Path(__file__).parent
PARTS = ("shared", "saving", "line_axes", "points")
LOOKS = ("charts", "line_chart", "points")
HEIGHT = 320  # pixels

_draw = component(
    "points",
    html="""
<div class="frame">
  <div class="legend" role="group" aria-label="Points"></div>
  <svg class="charts" tabindex="0" role="img"></svg>
  <div class="tip" role="status" hidden></div>
  <div class="tools">
    <button name="png" title="Save the chart as a picture">PNG</button>
    <button name="svg" title="Save the chart as a drawing">SVG</button>
  </div>
</div>
""",
    css="".join((FOLDER / f"{part}.css").read_text() for part in LOOKS),
    js="\n".join((FOLDER / f"{part}.js").read_text() for part in PARTS),
)


@dataclass(frozen=True)
class Point:
    """x: on the axis; of an axis of names, the number of one; y: None for one that has no value,
    which stands at the foot
    number: by which it is chosen; told: where one points at it, in lines
    """

    x: float
    y: float | None
    number: int
    told: str


@dataclass(frozen=True)
class Kind:
    """Points of one look, and their line in the legend, which hides and shows them.

    slot: of their colour among the theme's, or -1; symbol: number among `theme.SYMBOLS`
    """

    title: str
    points: Sequence[Point]
    slot: int
    symbol: int
    open: bool = False


@dataclass(frozen=True)
class Across:
    """The x axis. names: of what stands on it, where that is no number; whole: of whole numbers"""

    title: str
    log: bool = False
    names: Sequence[str] = ()
    whole: bool = False


def show_points(
    kinds: Sequence[Kind],
    across: Across,
    up: str,
    key: str,
    alt: str,
    line: tuple[str, Sequence[tuple[float, float]]] | None = None,
    chosen: int | None = None,
    choose: Callable[[int], None] | None = None,
    height: int = HEIGHT,
) -> None:
    """up: title of the y axis, with its unit; alt: what the chart shows, in words
    line: its title, and its places from left to right, between which it stays level
    chosen: number of the point that is framed
    choose: called with the number of a point before the page is drawn anew
    """

    def tell() -> None:
        number = st.session_state[key].choice
        if choose is not None and isinstance(number, int):
            choose(number)

    _draw(
        key=key,
        data={
            "kinds": [asdict(kind) for kind in kinds if kind.points],
            "across": asdict(across),
            "up": up,
            "line": line,
            "chosen": chosen,
            "chooses": choose is not None,
            "height": height,
            "file": key,
            "alt": alt,
        },
        on_choice_change=tell,
    )
