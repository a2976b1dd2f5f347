"""Many small pictures of one size, such as a layer's maps, as one piece of HTML: they are cut from
one sheet, so that hundreds of them load as one."""

import math
from collections.abc import Sequence
from html import escape

import numpy as np

from app.gallery import png_data_url

STYLE = """<style>
.tiles {display: flex; flex-wrap: wrap; gap: 5px}
.tiles > * {
  display: block; image-rendering: pixelated; border-radius: 3px; background-repeat: no-repeat
}
.tiles a:hover {outline: 2px solid color-mix(in srgb, currentColor 55%, transparent)}
.tiles a:focus-visible {outline: 3px solid currentColor; outline-offset: 1px}
.tiles .chosen {outline: 3px solid light-dark(#d55e00, #f08a3c); outline-offset: 1px}
</style>"""


def tiles(
    images: np.ndarray,
    titles: Sequence[str],
    links: Sequence[str],
    key: str,
    chosen: int | None = None,
    side: int = 44,
) -> str:
    """images: uint8 [N, height, width, 3]; titles: what each shows, in words; links: attributes of
    where each leads; key: a word of letters that no other sheet of the page has; side: CSS pixels
    """
    columns = math.ceil(math.sqrt(len(images)))
    rows = math.ceil(len(images) / columns)
    sheet = _sheet(images, columns, rows)
    look = (
        f"<style>.{key} > * {{width:{side}px;height:{side}px;"
        f"background-image:url({png_data_url(sheet)});"
        f"background-size:{columns * side}px {rows * side}px}}</style>"
    )
    parts = []
    for number, (title, link) in enumerate(zip(titles, links, strict=True)):
        place = f"background-position:-{number % columns * side}px -{number // columns * side}px"
        mark = ' class="chosen" aria-current="true"' if number == chosen else ""
        words = escape(title)
        parts.append(f'<a {link}{mark} style="{place}" title="{words}" aria-label="{words}"></a>')
    return f'{STYLE}{look}<div class="tiles {key}">{"".join(parts)}</div>'


def _sheet(images: np.ndarray, columns: int, rows: int) -> np.ndarray:
    """One picture, uint8 [rows * height, columns * width, 3], row by row."""
    count, height, width, _ = images.shape
    sheet = np.zeros((rows * columns, height, width, 3), np.uint8)
    sheet[:count] = images
    sheet = sheet.reshape(rows, columns, height, width, 3).transpose(0, 2, 1, 3, 4)
    return sheet.reshape(rows * height, columns * width, 3)
