"""Tables for terminals of 80 columns: no word is broken, and what matters less gives way. In
narrower ones figures stay whole, too, and what is left out is told."""

from collections.abc import Sequence
from textwrap import wrap

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.table import Column, Table

from core.wording import printable

GAP = 2  # spaces between columns
LEAST_TEXT = 18  # characters that other columns are left out for

Cell = str | int | float


def table(
    columns: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    width: int,
    texts: int = 1,
    spare: Sequence[str] = (),
) -> Table:
    """A table of at most `width` characters. Headings go on in another line between words, and so
    does the last of the first `texts` columns, which hold text. The others hold figures, of which
    none is broken: where there is no room for all, columns are left out, and told below the table.

    spare: headings of the columns that are left out first, the first one first; then the last ones
    """
    cells = [[printable(str(cell)) for cell in row] for row in rows]  # as wide as it will be
    widths = [
        max(map(cell_len, [*heading.split(), *(row[number] for row in cells)]), default=0)
        for number, heading in enumerate(columns)
    ]
    kept = list(range(len(columns)))
    left_out = [*map(columns.index, spare), *reversed(range(texts, len(columns)))]
    for number in left_out:
        text = max(other for other in kept if other < texts)
        if number in kept and _taken(widths, kept) - max(0, widths[text] - LEAST_TEXT) > width:
            kept.remove(number)
    text = max(other for other in kept if other < texts)
    widths[text] = max(1, min(widths[text], width - _taken(widths, kept) + widths[text]))
    shown = [
        Column(
            "\n".join(wrap(columns[number], widths[number])),
            justify="left" if number < texts else "right",
            overflow="fold",
            width=widths[number],
        )
        for number in kept
    ]
    made = Table(*shown, box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    if lost := [name for number, name in enumerate(columns) if number not in kept]:
        made.caption, made.caption_justify = f"No room for {', '.join(lost)}.", "left"
    for row in cells:
        made.add_row(*(row[number] for number in kept))
    return made


def _taken(widths: Sequence[int], kept: Sequence[int]) -> int:
    return sum(widths[number] for number in kept) + GAP * (len(kept) - 1)
