"""A table of shares as a heat map of HTML, each cell with its number where one points."""

from collections.abc import Sequence
from html import escape

import numpy as np

MOST_NAMES = 24  # along an axis; of more every so manieth is written
STYLE = """<style>
.heat {display: grid; gap: 1px; max-width: 620px; font-size: 0.68rem}
.heat i {
  display: block; min-height: 7px; aspect-ratio: 1;
  background: color-mix(in srgb, light-dark(#0a4674, #8dc4e8) calc(100% * var(--v)),
    light-dark(#eef3f8, #1b222b));
}
.heat i:hover {outline: 2px solid currentColor}
.heat .row {padding-right: 5px; text-align: right; line-height: 1; align-self: center;
  white-space: nowrap}
.heat .column {writing-mode: vertical-rl; rotate: 180deg; justify-self: center; padding-top: 5px;
  white-space: nowrap; line-height: 1}
.heat .axis {grid-column: 1 / -1; font-size: 0.8rem; margin-bottom: 4px}
.heat-key {display: flex; gap: 8px; align-items: center; font-size: 0.8rem; margin-top: 8px}
.heat-key span:nth-child(2) {width: 120px; height: 10px; border-radius: 5px;
  background: linear-gradient(90deg, light-dark(#eef3f8, #1b222b), light-dark(#0a4674, #8dc4e8))}
</style>"""


def heat_map(
    values: np.ndarray, rows: Sequence[str], columns: Sequence[str], names: tuple[str, str]
) -> str:
    """values: float [rows, columns], drawn from 0 to 1; names: of what the rows and the columns
    are of"""
    step = -(-len(columns) // MOST_NAMES)
    row_step = -(-len(rows) // MOST_NAMES)
    cells = []
    for number, (row, line) in enumerate(zip(rows, values, strict=True)):
        name = row if number % row_step == 0 else ""
        cells.append(f'<span class="row">{name}</span>')
        for column, value in zip(columns, line.tolist(), strict=True):
            told = f"{row} of A, {column} of B: {value:.2f}"
            cells.append(f'<i style="--v:{min(max(value, 0), 1):.2f}" title="{told}"></i>')
    cells.append("<span></span>")
    for number, column in enumerate(columns):
        name = column if number % step == 0 else ""
        cells.append(f'<span class="column">{name}</span>')
    axis = f"Rows: layers of A, {escape(names[0])}. Columns: layers of B, {escape(names[1])}."
    grid = f"grid-template-columns:auto repeat({len(columns)},minmax(0,1fr))"
    key = '<div class="heat-key"><span>0</span><span></span><span>1 (CKA, no unit)</span></div>'
    label = f"Similarity of {len(rows)} layers of A with {len(columns)} of B"
    return (
        f'{STYLE}<div class="heat" role="img" aria-label="{label}" style="{grid}">'
        f'<span class="axis">{axis}</span>{"".join(cells)}</div>{key}'
    )
