"""Pictures for those who have no photo at hand, drawn by the program: a few of things that networks
trained on CIFAR-10 know, and a few of things that they don't."""

from collections.abc import Callable
from math import cos, pi, sin

from PIL import Image, ImageDraw, ImageFilter

from core.decoding import Picture

SIDE = 256  # pixels
FINER = 3  # times, while drawing; made smaller afterwards, edges come out smooth
Draw = ImageDraw.ImageDraw
Point = tuple[float, float]


def sample(name: str) -> Picture:
    """The picture of this name among SAMPLES, 256x256 pixels; the same each time."""
    above, below, horizon, draw_on = SAMPLES[name]
    canvas = Image.new("RGB", (SIDE * FINER, SIDE * FINER), above)
    brush = ImageDraw.Draw(canvas)
    brush.rectangle(_scaled((0, horizon), (1, 1)), fill=below)
    canvas = canvas.filter(ImageFilter.GaussianBlur(6 * FINER))  # no horizon is a sharp line
    draw_on(ImageDraw.Draw(canvas))
    small = canvas.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    return Picture(small, SIDE, SIDE, ("It was drawn by Convscope.",))


def _scaled(*points: Point) -> list[Point]:
    """From shares of the side to pixels while drawing."""
    return [(x * SIDE * FINER, y * SIDE * FINER) for x, y in points]


def _disc(brush: Draw, x: float, y: float, radius: float, fill: str) -> None:
    brush.ellipse(_scaled((x - radius, y - radius), (x + radius, y + radius)), fill=fill)


def _airliner(brush: Draw) -> None:
    brush.polygon(_scaled((0.46, 0.47), (0.62, 0.2), (0.68, 0.2), (0.6, 0.47)), fill="#9aa3ad")
    brush.polygon(_scaled((0.1, 0.24), (0.17, 0.24), (0.27, 0.45), (0.12, 0.47)), fill="#3b5b8c")
    brush.ellipse(_scaled((0.08, 0.43), (0.94, 0.58)), fill="#f2f4f6")
    brush.chord(_scaled((0.08, 0.43), (0.94, 0.58)), 10, 170, fill="#c3cad2")
    for place in range(11):
        _disc(brush, 0.27 + 0.05 * place, 0.486, 0.009, "#46566b")
    brush.polygon(_scaled((0.42, 0.53), (0.58, 0.53), (0.4, 0.82), (0.33, 0.82)), fill="#7d8791")
    brush.ellipse(_scaled((0.44, 0.6), (0.56, 0.66)), fill="#59636e")


def _ship(brush: Draw) -> None:
    brush.polygon(_scaled((0.06, 0.55), (0.95, 0.52), (0.86, 0.7), (0.14, 0.7)), fill="#28323e")
    brush.polygon(_scaled((0.12, 0.67), (0.87, 0.67), (0.85, 0.72), (0.15, 0.72)), fill="#8e2f2a")
    brush.rectangle(_scaled((0.16, 0.41), (0.7, 0.55)), fill="#eceff1")
    brush.rectangle(_scaled((0.22, 0.31), (0.55, 0.41)), fill="#dfe3e6")
    for place in range(8):
        _disc(brush, 0.21 + 0.06 * place, 0.48, 0.013, "#52606d")
    brush.rectangle(_scaled((0.3, 0.16), (0.4, 0.31)), fill="#b3402f")
    brush.rectangle(_scaled((0.3, 0.16), (0.4, 0.2)), fill="#23282e")
    brush.line(_scaled((0.78, 0.53), (0.78, 0.25)), fill="#3d464f", width=2 * FINER)


def _car(brush: Draw) -> None:
    brush.polygon(_scaled((0.22, 0.48), (0.34, 0.3), (0.66, 0.3), (0.8, 0.48)), fill="#a81d22")
    brush.polygon(_scaled((0.28, 0.47), (0.36, 0.34), (0.49, 0.34), (0.49, 0.47)), fill="#2e3c49")
    brush.polygon(_scaled((0.52, 0.34), (0.64, 0.34), (0.74, 0.47), (0.52, 0.47)), fill="#2e3c49")
    brush.rounded_rectangle(_scaled((0.06, 0.46), (0.95, 0.68)), 0.06 * SIDE * FINER, "#c9252b")
    brush.rectangle(_scaled((0.08, 0.63), (0.93, 0.68)), fill="#7e1519")
    brush.ellipse(_scaled((0.88, 0.5), (0.95, 0.56)), fill="#fff3c4")
    for x in (0.26, 0.76):
        _disc(brush, x, 0.68, 0.105, "#15181b")
        _disc(brush, x, 0.68, 0.055, "#b9c0c7")


def _truck(brush: Draw) -> None:
    brush.rectangle(_scaled((0.04, 0.2), (0.66, 0.64)), fill="#e9edf0")
    brush.rectangle(_scaled((0.04, 0.4), (0.66, 0.47)), fill="#2d6cb0")
    brush.polygon(
        _scaled((0.69, 0.32), (0.85, 0.32), (0.95, 0.5), (0.95, 0.68), (0.69, 0.68)), fill="#2d6cb0"
    )
    brush.polygon(_scaled((0.74, 0.36), (0.84, 0.36), (0.9, 0.49), (0.74, 0.49)), fill="#223140")
    brush.rectangle(_scaled((0.04, 0.64), (0.95, 0.7)), fill="#3a4148")
    for x in (0.16, 0.32, 0.8):
        _disc(brush, x, 0.71, 0.085, "#14171a")
        _disc(brush, x, 0.71, 0.04, "#aab1b8")


def _flower(brush: Draw) -> None:
    brush.line(_scaled((0.5, 0.5), (0.48, 1)), fill="#3f7d33", width=9 * FINER)
    for petal in range(12):
        turn = petal * pi / 6
        _disc(brush, 0.5 + 0.24 * sin(turn), 0.42 + 0.24 * cos(turn), 0.105, "#e8a3cf")
        _disc(brush, 0.5 + 0.17 * sin(turn), 0.42 + 0.17 * cos(turn), 0.075, "#d873b4")
    _disc(brush, 0.5, 0.42, 0.12, "#f0bc2e")


def _chessboard(brush: Draw) -> None:
    for square in range(64):
        row, column = divmod(square, 8)
        corner = (column / 8, row / 8), ((column + 1) / 8, (row + 1) / 8)
        brush.rectangle(_scaled(*corner), fill=("#f0e2c4", "#5b3a22")[(row + column) % 2])


SAMPLES: dict[str, tuple[str, str, float, Callable[[Draw], None]]] = {
    "Airliner": ("#6fa8d8", "#a9cfea", 0.6, _airliner),
    "Ship": ("#bcd8ea", "#2f6288", 0.62, _ship),
    "Car": ("#b9c7b4", "#83868a", 0.6, _car),
    "Lorry": ("#a9c4d9", "#7b7e82", 0.6, _truck),
    "Flower": ("#7ba65a", "#5c8a43", 0.6, _flower),
    "Chessboard": ("#ffffff", "#ffffff", 1.0, _chessboard),
}
"""By name: the colours above and below the horizon, how far down it is (a share of the side), and
what is drawn before them."""
