"""Values by name as bars, or as marks with their intervals; drawn by the browser, like the line
charts, so that colours are right at the moment the reader switches to light or dark."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from streamlit.components.v2 import component

FOLDER = Path(__file__).parent
PARTS = ("shared", "bars", "saving")
MUTED = -1

_draw = component(
    "bars",
    html="""
<div class="frame">
  <svg class="charts" tabindex="0" role="img"></svg>
  <div class="tip" role="status" hidden></div>
  <div class="tools">
    <button name="png" title="Save the chart as a picture">PNG</button>
    <button name="svg" title="Save the chart as a drawing">SVG</button>
  </div>
</div>
""",
    css="".join((FOLDER / f"{part}.css").read_text() for part in ("charts", "bars")),
    js="\n".join((FOLDER / f"{part}.js").read_text() for part in PARTS),
)


@dataclass(frozen=True)
class Mark:
    """value: on the axis; interval: low and high around it
    slot: of its colour among the theme's, or MUTED; symbol: number among `theme.SYMBOLS`
    """

    value: float
    interval: tuple[float, float] | None = None
    slot: int = 0
    symbol: int = 0
    open: bool = False


@dataclass(frozen=True)
class Bar:
    """name: at its left; value: on the axis, None for none; written: at its right
    told: more, in lines, where one points at it
    slot: of its colour among the theme's, or MUTED
    marks: where there are any they stand for the bar
    """

    name: str
    value: float | None
    written: str
    told: str = ""
    slot: int = 0
    marks: tuple[Mark, ...] = ()


def show_bars(
    bars: Sequence[Bar],
    title: str,
    key: str,
    alt: str,
    span: tuple[float, float] = (0.0, 100.0),
    dotted: float | None = None,
    legend: Sequence[tuple[str, Mark]] = (),
) -> None:
    """Below each other, the first on top.

    title: of the axis, with its unit; span: of the axis; dotted: where a dotted line stands
    legend: what marks mean
    alt: what they show, in words; file names of saved pictures begin with `key`
    """
    _draw(
        key=key,
        data={
            "bars": [asdict(bar) for bar in bars],
            "title": title,
            "span": span,
            "dotted": dotted,
            "legend": [(label, asdict(mark)) for label, mark in legend],
            "file": key,
            "alt": alt,
        },
    )


def share_bars(
    names: Sequence[str],
    shares: np.ndarray,
    slots: Sequence[int] | None = None,
    notes: Sequence[str] | None = None,
) -> list[Bar]:
    """A bar a class. `shares`: float [classes], 0 to 1; NaN is written as none.

    notes: what else is told of each where one points at it
    """
    parts = zip(
        names, 100 * shares, slots or [0] * len(names), notes or [""] * len(names), strict=True
    )
    return [
        Bar(name, None, "none", note, slot)
        if np.isnan(percent)
        else Bar(name, float(percent), f"{percent:.1f} %", f"{percent:.2f} %\n{note}", slot)
        for name, percent, slot, note in parts
    ]


def span_of(bars: Sequence[Bar], *others: float) -> tuple[float, float]:
    """Of an axis on which all marks with their intervals are seen, and other values."""
    values = [*others]
    for mark in (mark for bar in bars for mark in bar.marks):
        values += [mark.value, *(mark.interval or ())]
    room = 0.04 * (max(values) - min(values)) or 1.0
    return min(values) - room, max(values) + room


def share_bars_in_words(names: Sequence[str], shares: np.ndarray, title: str) -> str:
    """For those who don't see the bars: the names and shares [classes] as they are drawn."""
    told = (
        f"{name} {'none' if np.isnan(share) else f'{100 * share:.1f}'}"
        for name, share in zip(names, shares, strict=True)
    )
    return f"{title}: {', '.join(told)}."
