"""The confusion matrix as files: CSV for figures, SVG and PNG for slides and papers.

Both pictures are drawn from the same boxes and texts, in the colours of the light theme. `matrix`
is counts, int [classes, classes], true classes in rows.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from html import escape
from io import BytesIO, StringIO
from typing import Literal, NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from app.charts.labels import shortened
from app.charts.matrix import ACROSS, texts_and_shades
from core.evaluation.metrics import By, normalise
from core.wording import printable

SIDE, GAP, MARGIN = 44, 2, 12  # pixels
NAME, TEXT = 14, 13  # height of letters
LONGEST = 20  # characters of a name
LETTER = 0.62  # width of a letter, of its height, where nothing measures it
SCALE = 2  # of the PNG
INK, PAPER, EMPTY = "#10161D", "#FFFFFF", "#F9FAFB"
RIGHT, WRONG = "#0A5A96", "#B94D00"  # the ends of the light theme's diverging colours

Anchor = Literal["start", "middle", "end"]


class Text(NamedTuple):
    """x, y: of its middle line; turned: read from below"""

    x: float
    y: float
    words: str
    size: int
    anchor: Anchor
    colour: str = INK
    turned: bool = False


class Box(NamedTuple):
    x: float
    y: float
    colour: str


class Drawing(NamedTuple):
    width: int
    height: int
    boxes: list[Box]
    texts: list[Text]


def matrix_csv(matrix: np.ndarray, classes: Sequence[str], by: By) -> str:
    """Counts, or shares from 0 to 1; a row a true class, a column a predicted one."""
    shown = matrix if by == "count" else normalise(matrix, by).round(6)
    file = StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(["true \\ predicted", *map(_cell_name, classes)])
    for name, row in zip(classes, shown.tolist(), strict=True):
        rows.writerow([_cell_name(name), *row])
    return file.getvalue()


def matrix_svg(matrix: np.ndarray, classes: Sequence[str], by: By) -> str:
    """As scalable graphics; names of classes stay text, whatever they are."""
    drawing = _drawn(matrix, classes, by)
    size = f'width="{drawing.width}" height="{drawing.height}"'
    boxes = (
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{SIDE}" height="{SIDE}" rx="3" '
        f'fill="{box.colour}"/>'
        for box in drawing.boxes
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" '
            f'viewBox="0 0 {drawing.width} {drawing.height}">',
            f'<rect {size} fill="{PAPER}"/>',
            *boxes,
            *map(_svg_text, drawing.texts),
            "</svg>\n",
        ]
    )


def matrix_png(matrix: np.ndarray, classes: Sequence[str], by: By) -> bytes:
    """As a picture; letters that the built-in font lacks are boxes there, not in the SVG."""
    drawing = _drawn(matrix, classes, by)
    picture = Image.new("RGB", (drawing.width * SCALE, drawing.height * SCALE), PAPER)
    pen = ImageDraw.Draw(picture)
    for box in drawing.boxes:
        left, top = box.x * SCALE, box.y * SCALE
        corner = left + SIDE * SCALE - 1, top + SIDE * SCALE - 1
        pen.rounded_rectangle((left, top, *corner), 3 * SCALE, box.colour)
    fonts = {size: ImageFont.load_default(size * SCALE) for size in (NAME, TEXT)}
    for text in drawing.texts:
        _write(picture, text, fonts[text.size])
    content = BytesIO()
    picture.save(content, format="PNG")
    return content.getvalue()


def _drawn(matrix: np.ndarray, classes: Sequence[str], by: By) -> Drawing:
    names = [shortened(printable(name), LONGEST) for name in classes]
    room = round(max(map(len, names)) * LETTER * NAME) + GAP
    step = SIDE + GAP
    left, top = MARGIN + 2 * NAME + room + GAP, MARGIN + 2 * NAME + room + GAP
    middle = len(names) * step / 2
    texts = [
        Text(left + middle, MARGIN + NAME / 2, ACROSS[by], NAME, "middle"),
        Text(MARGIN + NAME / 2, top + middle, "True class", NAME, "middle", turned=True),
    ]
    for number, name in enumerate(names):
        centre = number * step + SIDE / 2
        texts.append(Text(left - 2 * GAP, top + centre, name, NAME, "end"))
        texts.append(Text(left + centre, top - 2 * GAP, name, NAME, "start", turned=True))
    boxes: list[Box] = []
    for (row, column), words, colour in _cells(matrix, by):
        boxes.append(Box(left + column * step, top + row * step, colour))
        if words:
            x, y = left + column * step + SIDE / 2, top + row * step + SIDE / 2
            texts.append(Text(x, y, words, TEXT, "middle", _legible(colour)))
    width, height = left + len(names) * step + MARGIN, top + len(names) * step + MARGIN
    return Drawing(width, height, boxes, texts)


def _cells(matrix: np.ndarray, by: By) -> Iterator[tuple[tuple[int, int], str, str]]:
    """Place, text and colour of each."""
    words, shades = texts_and_shades(matrix, by)
    right, wrong = _mixer(RIGHT), _mixer(WRONG)
    for row, column in np.ndindex(matrix.shape):
        mix = right if row == column else wrong
        yield (row, column), words[row][column], mix(float(shades[row, column]))


def _mixer(colour: str) -> Callable[[float], str]:
    empty, full = (np.array(_rgb(one)) for one in (EMPTY, colour))

    def mixed(shade: float) -> str:
        return f"#{(empty + shade * (full - empty)).round().astype(np.uint8).tobytes().hex()}"

    return mixed


def _legible(colour: str) -> str:
    """White on what is dark, else black."""
    red, green, blue = ((part / 255) ** 2.2 for part in _rgb(colour))
    return "#FFFFFF" if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.18 else INK


def _rgb(colour: str) -> list[int]:
    return list(bytes.fromhex(colour.removeprefix("#")))


def _svg_text(text: Text) -> str:
    turn = f' transform="rotate(-90 {text.x:g} {text.y:g})"' if text.turned else ""
    return (
        f'<text x="{text.x:g}" y="{text.y:g}" font-size="{text.size}" fill="{text.colour}" '
        f'text-anchor="{text.anchor}" dominant-baseline="central"{turn}>{escape(text.words)}</text>'
    )


Font = ImageFont.ImageFont | ImageFont.FreeTypeFont


def _write(picture: Image.Image, text: Text, font: Font) -> None:
    left, top, right, bottom = (round(edge) for edge in font.getbbox(text.words))
    letters = Image.new("L", (max(1, right - left), max(1, bottom - top)))
    ImageDraw.Draw(letters).text((-left, -top), text.words, 255, font)
    if text.turned:
        letters = letters.rotate(90, expand=True)
    width, height = letters.size
    x, y = text.x * SCALE - width / 2, text.y * SCALE - height / 2
    if text.anchor == "end":
        x = text.x * SCALE - width
    if text.anchor == "start":  # only what is read from below
        y = text.y * SCALE - height
    picture.paste(text.colour, (round(x), round(y)), letters)


def _cell_name(name: str) -> str:
    """Spreadsheets take what begins like a formula for one."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@")) else name
