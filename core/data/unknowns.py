"""Pictures that belong to no class of photographs, drawn by the program: to see whether a network
notices that it does not know them."""

import math
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor, from_numpy

from core.data import shapes
from core.data.dataset import IMAGE_SIZE

SHAPES_SEED = 2  # those that the shapes data set trains and tests on have 0 and 1
GLYPHS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
FINER = 4  # times the resolution that letters are drawn at
CONTRAST = 0.25  # of 1, between a letter and its paper, at least

Draw = np.random.Generator


def draw(kind: str, count: int, seed: int = 0) -> Tensor:
    """`count` pictures of a kind of `KINDS`: uint8 [count, 32, 32, 3], the same for the same
    arguments; more of them begin with the same ones."""
    return KINDS[kind](count, seed)


def _each(make: Callable[[Draw, int], np.ndarray]) -> Callable[[int, int], Tensor]:
    """Pictures by a function of the random draws for a picture and its number, which gives float
    [32, 32, 3] on a scale of 0 to 1."""

    def pictures(count: int, seed: int) -> Tensor:
        made = [make(np.random.default_rng((seed, number)), number) for number in range(count)]
        return from_numpy((np.stack(made).clip(0, 1) * 255).round().astype(np.uint8))

    return pictures


def _noise(draw: Draw, number: int) -> np.ndarray:
    """In turn even, normal, normal in grains of two to eight pixels, and of single bright dots."""
    match number % 4:
        case 0:
            return draw.random((IMAGE_SIZE, IMAGE_SIZE, 3))
        case 1:
            shape = (IMAGE_SIZE, IMAGE_SIZE, 3)
            return draw.normal(draw.uniform(0.3, 0.7, 3), draw.uniform(0.05, 0.3), shape)
        case 2:
            grain = int(draw.integers(2, 9))
            side = math.ceil(IMAGE_SIZE / grain)
            grains = draw.normal(draw.uniform(0.3, 0.7, 3), 0.25, (side, side, 3))
            return grains.repeat(grain, 0).repeat(grain, 1)[:IMAGE_SIZE, :IMAGE_SIZE]
        case _:
            dots = draw.random((IMAGE_SIZE, IMAGE_SIZE, 1)) < draw.uniform(0.02, 0.3)
            return np.where(dots, draw.random(3), draw.random(3))


def _texture(draw: Draw, number: int) -> np.ndarray:
    """In turn clouds, a weave and cells, between three colours."""
    surface = (_clouds, _weave, _cells)[number % 3](draw)
    low, high = surface.min(), surface.max()
    height = ((surface - low) / (high - low))[..., None]
    dark, middle, light = draw.random((3, 3))
    lower, upper = dark + 2 * height * (middle - dark), middle + (2 * height - 1) * (light - middle)
    return np.where(height < 0.5, lower, upper)


def _clouds(draw: Draw) -> np.ndarray:
    """Noise whose amplitude falls with a power of the frequency, stretched along an angle."""
    y, x = np.meshgrid(*2 * [np.fft.fftfreq(IMAGE_SIZE)], indexing="ij")
    angle, stretch = draw.uniform(0, math.pi), draw.uniform(1, 4)
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    frequency = np.maximum(np.hypot(along, across * stretch), 1 / IMAGE_SIZE)
    spectrum = np.fft.fft2(draw.normal(size=(IMAGE_SIZE, IMAGE_SIZE)))
    return np.fft.ifft2(spectrum / frequency ** draw.uniform(0.5, 2)).real


def _weave(draw: Draw) -> np.ndarray:
    """Two waves that cross, sharpened by chance to stripes or checks."""
    y, x = np.mgrid[:IMAGE_SIZE, :IMAGE_SIZE]
    turn = draw.uniform(0, math.pi)
    waves = [
        np.sin(2 * math.pi * (x * np.cos(a) + y * np.sin(a)) / draw.uniform(3, 12))
        for a in (turn, turn + math.pi / 2)
    ]
    mixed = waves[0] + draw.uniform(0, 1) * waves[1]
    return np.tanh(draw.uniform(0.5, 5) * mixed)


def _cells(draw: Draw) -> np.ndarray:
    """The distance to the nearest of some points (Worley 1996)."""
    y, x = np.mgrid[:IMAGE_SIZE, :IMAGE_SIZE]
    points = draw.uniform(-4, IMAGE_SIZE + 4, (int(draw.integers(8, 60)), 2))
    return np.hypot(y[..., None] - points[:, 0], x[..., None] - points[:, 1]).min(axis=-1)


def _letter(draw: Draw, _number: int) -> np.ndarray:
    """A letter or digit in the middle, or near it, on paper of one colour."""
    paper, ink = draw.random((2, 3))
    while abs(ink.mean() - paper.mean()) < CONTRAST:
        paper, ink = draw.random((2, 3))
    side = IMAGE_SIZE * FINER
    sheet = Image.new("RGB", (side, side), _colour(paper))
    middle = side / 2 + draw.uniform(-3, 3, 2) * FINER
    ImageDraw.Draw(sheet).text(
        (middle[0], middle[1]),
        GLYPHS[draw.integers(len(GLYPHS))],
        _colour(ink),
        ImageFont.load_default(draw.uniform(18, 30) * FINER),
        anchor="mm",
    )
    return np.asarray(sheet.resize((IMAGE_SIZE, IMAGE_SIZE), Image.Resampling.BOX)) / 255


def _colour(levels: np.ndarray) -> tuple[int, int, int]:
    red, green, blue = (levels * 255).round().astype(int).tolist()
    return red, green, blue


KINDS: dict[str, Callable[[int, int], Tensor]] = {
    "textures": _each(_texture),
    "noise": _each(_noise),
    "shapes": lambda count, seed: shapes.draw(count, SHAPES_SEED + seed).images,
    "letters": _each(_letter),
}
