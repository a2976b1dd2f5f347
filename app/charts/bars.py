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
  <svg class="charts" role="img"></svg>
  <div class="tools">
    <button name="png" title="Save the chart as a picture">PNG</button>
    <button name="svg" title="Save the chart as a drawing">SVG</button>
  </div>
</div>
""",
    css=(FOLDER / "charts.css").read_text(),
    js="\n".join((FOLDER / f"{part}.js").read_text() for part in PARTS),
)


@dataclass(frozen=True)
class Bar:
    """name: at its left; value: on the axis, None for none; written: at its right
    told: more, where one points at it
    slot: of its colour among the theme's, or MUTED
    interval: low and high; where there is one a mark stands for the bar
    """

    name: str
    value: float | None
    written: str
    told: str = ""
    slot: int = 0
    interval: tuple[float, float] | None = None


def show_bars(
    bars: Sequence[Bar],
    title: str,
    key: str,
    alt: str,
    span: tuple[float, float] = (0.0, 100.0),
    asked: float | None = None,
) -> None:
    """Below each other, the first on top.

    title: of the axis, with its unit; span: of the axis; asked: where a dotted line stands
    alt: what they show, in words; file names of saved pictures begin with `key`
    """
    _draw(
        key=key,
        data={
            "bars": [asdict(bar) for bar in bars],
            "title": title,
            "span": span,
            "asked": asked,
            "file": key,
            "alt": alt,
        },
    )


def share_bars(
    names: Sequence[str],
    shares: np.ndarray,
    slots: Sequence[int] | None = None,
    told: Sequence[str] | None = None,
) -> list[Bar]:
    """A bar a class. `shares`: float [classes], 0 to 1; NaN is written as none."""
    parts = zip(names, 100 * shares, slots or [0] * len(names), told or names, strict=True)
    return [
        Bar(name, None, "none", more, slot)
        if np.isnan(percent)
        else Bar(name, float(percent), f"{percent:.1f} %", more, slot)
        for name, percent, slot, more in parts
    ]


def share_bars_in_words(names: Sequence[str], shares: np.ndarray, title: str) -> str:
    """For those who don't see the bars: the names and shares [classes] as they are drawn."""
    told = (
        f"{name} {'none' if np.isnan(share) else f'{100 * share:.1f}'}"
        for name, share in zip(names, shares, strict=True)
    )
    return f"{title}: {', '.join(told)}."
