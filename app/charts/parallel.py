"""Parallel coordinates: an axis a field, a line through all of them a thing, coloured by kind."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial

from app.charts.choosing import Axis, chooser, tell

HEIGHT = 360  # pixels

_draw = chooser("parallel")


@dataclass(frozen=True)
class Through:
    """A line. at: its value on each axis; of an axis of names, the number of one
    number: by which it is chosen; told: where one points at it, in lines
    """

    at: Sequence[float]
    number: int
    told: str


@dataclass(frozen=True)
class Band:
    """Lines of one look; the last band is drawn on top.

    shade: of their colour on the theme's scale, 0 to 1; None: `slot`, among the theme's colours
    """

    title: str
    lines: Sequence[Through]
    slot: int = -1
    shade: float | None = None
    dash: str = ""


def show_parallel(
    axes: Sequence[Axis],
    bands: Sequence[Band],
    legend: str,
    key: str,
    alt: str,
    chosen: int | None = None,
    choose: Callable[[int], None] | None = None,
) -> None:
    """legend: what the bands are; alt: what the chart shows, in words
    chosen, choose: as of `show_points`
    """
    _draw(
        key=key,
        data={
            "axes": [asdict(axis) for axis in axes],
            "kinds": [asdict(band) for band in bands if band.lines],
            "key": legend,
            "chosen": chosen,
            "chooses": choose is not None,
            "height": HEIGHT,
            "file": key,
            "alt": alt,
        },
        on_choice_change=partial(tell, key, choose),
    )
