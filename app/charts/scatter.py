"""A map of images on a canvas: pointed at, chosen by a click or by drawing around some, zoomed, on
a screen of any size, by mouse, finger and keys."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st
from streamlit.components.v2 import component

FOLDER = Path(__file__).parent
PARTS = ("shared", "scatter", "scatter_hands", "scatter_drawing", "scatter_saving")
WIDTHS = (np.uint8, np.uint16, np.uint32)

_draw = component(
    "scatter",
    html="""
<div class="frame">
  <div class="legend" role="group" aria-label="Groups"></div>
  <div class="stage">
    <canvas class="points" tabindex="0" role="img"></canvas>
    <canvas class="over" aria-hidden="true"></canvas>
    <div class="tip" hidden></div>
  </div>
  <div class="tools">
    <button name="around" aria-pressed="false">Draw around</button>
    <button name="clear" hidden>Clear</button>
    <span class="said" role="status"></span>
    <button name="out" aria-label="Zoom out" title="Zoom out (-)">&minus;</button>
    <button name="in" aria-label="Zoom in" title="Zoom in (+, or Ctrl and the wheel)">+</button>
    <button name="whole" title="Show all of it (0)">Whole map</button>
    <button name="png" title="Save the map as a picture">PNG</button>
  </div>
</div>
""",
    css="".join((FOLDER / f"{part}.css").read_text() for part in ("charts", "scatter")),
    js="\n".join((FOLDER / f"{part}.js").read_text() for part in PARTS),
)


@dataclass(frozen=True, eq=False)
class Images:
    """The points. places: int16 [N, 2], as of `core.evaluation.maps.places_on`; numbers, labels,
    answers: int [N], told where one points, the latter two as names of the classes"""

    places: np.ndarray
    numbers: np.ndarray
    labels: np.ndarray
    answers: np.ndarray
    classes: Sequence[str]


@dataclass(frozen=True, eq=False)
class Group:
    """Points of one look, and their line in the legend, which hides and shows them.

    members: int [n], places among the points
    slot: of their colour among the theme's; symbol: number among `theme.SYMBOLS`
    """

    title: str
    members: np.ndarray
    slot: int
    symbol: int


def show_scatter(
    images: Images,
    groups: Sequence[Group],
    axes: tuple[str, str],
    key: str,
    alt: str,
    choose: Callable[[str, list[str]], None],
) -> None:
    """The map, with equal scales along both axes; every point is in one group.

    axes: titles; alt: what the map shows, in words; a saved picture is called as `key`
    choose: called with the area and the titles of hidden groups as they are to stand in the URL,
    where app/areas.py reads them, before the page is drawn anew
    """

    def tell() -> None:
        match st.session_state[key].choice:
            case {"area": str(area), "hidden": [*hidden]}:
                choose(area, [title for title in hidden if isinstance(title, str)])

    data = sent(images, groups) | {"axes": axes, "file": key, "alt": alt}
    _draw(key=key, data=data, on_choice_change=tell)


def sent(images: Images, groups: Sequence[Group]) -> dict[str, object]:
    """What the browser draws, in about nine bytes a point before base64."""
    group = np.zeros(len(images.places), dtype=np.int64)
    for number, one in enumerate(groups):
        group[one.members] = number
    return {
        "places": packed(images.places),
        "group": packed(_narrow(group)),
        "numbers": packed(_narrow(images.numbers)),
        "labels": packed(_narrow(images.labels)),
        "answers": packed(_narrow(images.answers)),
        "classes": list(images.classes),
        "groups": [{"title": one.title, "slot": one.slot, "symbol": one.symbol} for one in groups],
    }


def _narrow(values: np.ndarray) -> np.ndarray:
    """In the fewest bytes that hold them all; values: int [N], 0 and more."""
    most = values.max(initial=0)
    return values.astype(next(width for width in WIDTHS if most <= np.iinfo(width).max))


def packed(values: np.ndarray) -> dict[str, str]:
    """Whole numbers of one type, as scatter.js unpacks them: little-endian, in base64."""
    little = values.astype(values.dtype.newbyteorder("<"))
    return {"type": values.dtype.name, "base64": b64encode(little.tobytes()).decode()}
