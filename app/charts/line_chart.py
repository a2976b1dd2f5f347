"""Line charts that share one x axis: linked where one points, zoomed by dragging, kept while they
move. The browser draws them, so that zoom, hidden lines and the place pointed at outlast new
numbers, and colours are right at the moment the reader switches to light or dark."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from streamlit.components.v2 import component

from core.evaluation.curves import Axis, thinned

MOST_POINTS = 300  # of a line; a screen shows no more
X_DIGITS, Y_DIGITS = 8, 5  # significant ones that are sent
TEXT_COLOUR = -1
DOTTED = "2 4"
HEIGHT = 300  # pixels of a chart


@dataclass(frozen=True)
class XAxis:
    """title: below the charts; name: where one points; kind: of numbers, by which they are written
    ("step": any that are whole; "decades": places are logarithms of base 10)"""

    kind: Axis | Literal["decades"]
    title: str
    name: str


OVER: dict[Axis, XAxis] = {
    "epoch": XAxis("epoch", "Epoch", "Epoch"),
    "step": XAxis("step", "Step", "Step"),
    "time": XAxis("time", "Training time (min:s)", "At"),
    "flops": XAxis("flops", "Training FLOPs", "FLOPs"),
}


@dataclass(frozen=True)
class Panel:
    """One of the charts.

    unit: of its values, as it heads their column where one points
    digits: behind the point, there
    log: whether its y axis is logarithmic; what is not above 0 is left out then
    span: of its y axis; None: as far as what is drawn
    """

    title: str
    unit: str
    digits: int
    log: bool = False
    span: tuple[float, float] | None = None


@dataclass(frozen=True)
class Entry:
    """A line of the legend, which hides and shows the lines that name its number.

    slot: of its colour among the theme's, or TEXT_COLOUR
    symbol: number among `theme.SYMBOLS`; None: no marks
    """

    label: str
    slot: int = TEXT_COLOUR
    symbol: int | None = None
    dash: str = ""
    width: float = 2.0


@dataclass(frozen=True, eq=False)
class Line:
    """x, y: float [points], x rising; y that is no finite number is a gap
    name: by which its value is told where one points; lines of one name share a row over the panels
    of: numbers of the legend's entries that it belongs to
    low, high: float [points], a band around it
    told: whether its values are told; weighs: whether y axes make room for all of it
    """

    panel: int
    name: str
    x: np.ndarray
    y: np.ndarray
    of: tuple[int, ...] = ()
    slot: int = TEXT_COLOUR
    symbol: int | None = None
    dash: str = ""
    width: float = 2.0
    opacity: float = 1.0
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    told: bool = True
    weighs: bool = True


class Change(NamedTuple):
    """Where on the x axis something changed, and what to, in a word or two."""

    x: float
    label: str


class Lines(NamedTuple):
    x: XAxis
    panels: list[Panel]
    lines: list[Line]
    entries: list[Entry]
    changes: Sequence[Change] = ()


FOLDER = Path(__file__).parent
PARTS = (
    *("shared", "saving", "line_chart", "line_drawing"),
    *("line_pointing", "line_saving", "line_axes"),
)

_draw = component(
    "line_chart",
    html="""
<div class="frame">
  <div class="legend" role="group" aria-label="Lines"></div>
  <svg class="charts" tabindex="0" role="img"></svg>
  <div class="tip" role="status" hidden></div>
  <div class="tools">
    <button name="whole" hidden>Whole range</button>
    <button name="png" title="Save the charts as a picture">PNG</button>
    <button name="svg" title="Save the charts as a drawing">SVG</button>
  </div>
</div>
""",
    css="".join((FOLDER / f"{part}.css").read_text() for part in ("charts", "line_chart")),
    js="\n".join((FOLDER / f"{part}.js").read_text() for part in PARTS),
)


def show_lines(lines: Lines, key: str, alt: str, height: int = HEIGHT) -> None:
    """The charts beside each other, or below each other where there is no room.

    alt: what they show, in words; file names of saved pictures begin with `key`
    """
    _draw(
        key=key,
        data={
            "x": asdict(lines.x),
            "panels": [asdict(panel) for panel in lines.panels],
            "entries": [asdict(entry) for entry in lines.entries],
            "lines": [sent(line) for line in lines.lines if len(line.x)],
            "changes": [change._asdict() for change in lines.changes],
            "height": height,
            "file": key,
            "alt": alt,
        },
    )


def sent(line: Line) -> dict[str, object]:
    """As JSON has it: None for what is no number."""
    drawn = thinned(len(line.x), MOST_POINTS)
    fields = {name: getattr(line, name) for name in Line.__dataclass_fields__}
    for name in ("x", "y", "low", "high"):
        if (values := fields[name]) is not None:
            digits = X_DIGITS if name == "x" else Y_DIGITS
            fields[name] = [_number(value, digits) for value in np.asarray(values, float)[drawn]]
    return fields


def _number(value: float, digits: int) -> float | None:
    return float(f"{value:.{digits}g}") if np.isfinite(value) else None
