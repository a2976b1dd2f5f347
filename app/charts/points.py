"""Points over one axis, each of which can be pointed at and chosen, and a line of what was best so
far; drawn by the browser, like the line charts."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial

from app.charts.choosing import Axis, chooser, tell

HEIGHT = 320  # pixels

_draw = chooser("points")


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
    shade: instead of the slot, a place on the theme's scale, 0 to 1
    """

    title: str
    points: Sequence[Point]
    slot: int
    symbol: int
    open: bool = False
    shade: float | None = None


def show_points(
    kinds: Sequence[Kind],
    across: Axis,
    up: Axis,
    key: str,
    alt: str,
    line: tuple[str, Sequence[tuple[float, float]]] | None = None,
    chosen: int | None = None,
    choose: Callable[[int], None] | None = None,
    height: int = HEIGHT,
    legend: str = "",
) -> None:
    """alt: what the chart shows, in words
    line: its title, and its places from left to right, between which it stays level
    chosen: number of the point that is framed
    choose: called with the number of a point before the page is drawn anew
    legend: what its kinds are, before their names
    """

    _draw(
        key=key,
        data={
            "kinds": [asdict(kind) for kind in kinds if kind.points],
            "across": asdict(across),
            "up": asdict(up),
            "line": line,
            "chosen": chosen,
            "chooses": choose is not None,
            "height": height,
            "key": legend,
            "file": key,
            "alt": alt,
        },
        on_choice_change=partial(tell, key, choose),
    )
