"""Ten classes of pictures drawn by the program: a real task that needs no download.

Each picture shows one shape at a random place, size, angle, stretch and colour, lighter or darker
than a background of gradient, waves and clutter, under noise. Shapes are signed distance fields,
drawn with antialiasing by whole chunks, and in float64: processors differ in the last bits of a
sine, which in float32 moves a pixel here and there, and a network would not know its own pictures
again on another machine.
"""

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import torch
from torch import Tensor

from core.data.cache import cached
from core.data.dataset import IMAGE_SIZE, Split
from core.data.pictures import Pictures, Report, silent

VERSION = 2  # to be raised when the same seed draws other pictures
CHUNK = 500  # pictures; a chunk is always drawn whole, so that its random numbers never move
LIGHTER = 0.85  # share of the shapes that are lighter than their background
TILT = math.radians(60)  # how far a shape leans to either side
MAX_CHUNKS = 2**20  # of one seed; torch looks at the lower 32 bits of its seeds only
SEEDS = {"train": 0, "test": 1}


def load(images: int, report: Report = silent) -> tuple[Pictures, str]:
    """`images` training pictures and a fifth as many for testing, with their fingerprint.

    More images begin with the same ones.
    """
    return cached(f"shapes {VERSION} {images}", lambda: _pictures(images, report))


def _pictures(images: int, report: Report) -> Pictures:
    train = draw(images, SEEDS["train"], report)
    return Pictures(tuple(SHAPES), train, draw(images // 5, SEEDS["test"], report))


def draw(count: int, seed: int, report: Report = silent) -> Split:
    """`count` pictures; picture i shows class i modulo 10 and depends on (seed, i) alone.

    seed: 0 to 4095
    """
    images = torch.empty(count, IMAGE_SIZE, IMAGE_SIZE, 3, dtype=torch.uint8)

    def fill(start: int) -> None:
        generator = torch.Generator().manual_seed(seed * MAX_CHUNKS + start // CHUNK)
        images[start : start + CHUNK] = _draw_chunk(generator)[: count - start]

    with _one_thread_per_chunk() as pool:
        starts = range(0, count, CHUNK)
        for start, _ in zip(starts, pool.map(fill, starts), strict=True):
            report("Drawing shapes", start / count)
    return Split(images, torch.arange(count) % len(SHAPES))


@contextmanager
def _one_thread_per_chunk() -> Iterator[ThreadPoolExecutor]:
    """As many workers as torch has threads, each computing alone.

    Threads that share one operation wait for the slowest, and on a busy machine that takes long.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        pool = ThreadPoolExecutor(threads)
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)
    finally:
        torch.set_num_threads(threads)


def _draw_chunk(generator: torch.Generator) -> Tensor:
    """CHUNK pictures as uint8 [CHUNK, 32, 32, 3]."""

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        drawn = torch.rand(CHUNK, *shape, generator=generator, dtype=torch.float64)
        return drawn * (high - low) + low

    foreground, background = _colours(uniform)
    picture = background[:, None, None] + _texture(uniform, strength=0.16)
    picture = _with_clutter(picture, uniform)
    paint = foreground[:, None, None] + _texture(uniform, strength=0.08)
    picture = torch.lerp(picture, paint, _shape_coverage(uniform)[..., None])
    noise = torch.randn(picture.shape, generator=generator, dtype=torch.float64)
    picture += noise * uniform(0.0, 0.06, 1, 1, 1)
    return picture.clamp_(0, 1).mul_(255).round_().to(torch.uint8)


Uniform = Callable[..., Tensor]


def _colours(uniform: Uniform) -> tuple[Tensor, Tensor]:
    """Two colours per picture, [CHUNK, 3] each, that differ in brightness by 0.25 or more.

    The shape is mostly the lighter one: enough for a linear model to see something, not much.
    """
    tints = uniform(-0.15, 0.15, 2, 3)
    tints = tints - tints.mean(dim=-1, keepdim=True)
    middle, half = uniform(0.4, 0.6, 1), uniform(0.125, 0.3, 1)
    half = torch.where(uniform(0, 1, 1) < LIGHTER, half, -half)
    return middle + half + tints[:, 0], middle - half + tints[:, 1]


def _texture(uniform: Uniform, strength: float) -> Tensor:
    """A gradient and a wave across each picture, float64 [CHUNK, 32, 32, 3] around 0."""
    y, x = _grid()
    angle, wave_angle = uniform(0, 2 * math.pi, 2, 1, 1).unbind(1)
    gradient = (x * angle.cos() + y * angle.sin()) / IMAGE_SIZE
    frequency, phase = uniform(0.1, 1.0, 1, 1), uniform(0, 2 * math.pi, 1, 1)
    wave = torch.sin((x * wave_angle.cos() + y * wave_angle.sin()) * frequency + phase)
    amounts = uniform(-strength, strength, 2, 1, 1, 3)
    return gradient[..., None] * amounts[:, 0] + 0.5 * wave[..., None] * amounts[:, 1]


def _with_clutter(picture: Tensor, uniform: Uniform) -> Tensor:
    """Strew three short strokes of other colours behind the shape."""
    y, x = _grid()
    for _ in range(3):
        centre_y, centre_x = uniform(-16, 16, 2, 1, 1).unbind(1)
        angle, length = uniform(0, math.pi, 1, 1), uniform(0, 5, 1, 1)
        along = (x - centre_x) * angle.cos() + (y - centre_y) * angle.sin()
        across = (y - centre_y) * angle.cos() - (x - centre_x) * angle.sin()
        distance = torch.hypot(along - along.clamp(-length, length), across)
        coverage = (uniform(0.3, 1.5, 1, 1) - distance + 0.5).clamp_(0, 1)
        picture = torch.lerp(picture, uniform(0.1, 0.9, 1, 1, 3), coverage[..., None])
    return picture


def _shape_coverage(uniform: Uniform) -> Tensor:
    """How much of each pixel the shape covers, float64 [CHUNK, 32, 32] from 0 to 1."""
    y, x = _grid()
    radius = uniform(7, 13, 1, 1)
    room = 15 - radius
    centre_y, centre_x = uniform(-1, 1, 2, 1, 1).mul(room[:, None]).unbind(1)
    angle, stretch = uniform(-TILT, TILT, 1, 1), uniform(0.87, 1.15, 1, 1)
    dx, dy = x - centre_x, y - centre_y
    across = (dx * angle.cos() + dy * angle.sin()) / (radius * stretch)
    up = (dx * angle.sin() - dy * angle.cos()) / (radius / stretch)
    softness = uniform(1.0, 2.0, 1, 1)
    coverage = torch.empty_like(across)
    for label, distance in enumerate(SHAPES.values()):
        mine = slice(label, None, len(SHAPES))
        pixels = distance(across[mine], up[mine]) * radius[mine]
        coverage[mine] = (0.5 - pixels / softness[mine]).clamp_(0, 1)
    return coverage


def _grid() -> tuple[Tensor, Tensor]:
    """Rows [32, 1] and columns [1, 32] in pixels from the middle of the picture."""
    steps = torch.arange(IMAGE_SIZE, dtype=torch.float64) - (IMAGE_SIZE - 1) / 2
    return steps[:, None], steps[None, :]


Distance = Callable[[Tensor, Tensor], Tensor]
"""Signed distance to a shape of radius 1 around the origin at (x right, y up), negative inside."""


def _polygon(*corners: tuple[float, float]) -> Distance:
    """The distance to a polygon; where it crosses itself, inside is by the even-odd rule."""

    def distance(x: Tensor, y: Tensor) -> Tensor:
        nearest = torch.full_like(x, math.inf)
        outside = torch.ones_like(x)
        for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
            ex, ey = bx - ax, by - ay
            px, py = x - ax, y - ay
            along = ((px * ex + py * ey) / (ex * ex + ey * ey)).clamp_(0, 1)
            nearest = torch.minimum(nearest, (px - ex * along) ** 2 + (py - ey * along) ** 2)
            crosses = ((y >= ay) != (y >= by)) & ((px * ey - py * ex) * ey < 0)
            outside = torch.where(crosses, -outside, outside)
        return nearest.sqrt() * outside

    return distance


def _circle(x: Tensor, y: Tensor) -> Tensor:
    return torch.hypot(x, y) - 0.9


def _ring(x: Tensor, y: Tensor) -> Tensor:
    return (torch.hypot(x, y) - 0.75).abs() - 0.2


def _crescent(x: Tensor, y: Tensor) -> Tensor:
    return torch.maximum(torch.hypot(x, y) - 1, 0.8 - torch.hypot(x - 0.5, y))


def _star() -> Distance:
    spokes = [(1.05 if i % 2 == 0 else 0.42, math.pi * i / 5) for i in range(10)]
    return _polygon(*((r * math.sin(angle), r * math.cos(angle)) for r, angle in spokes))


def _heart() -> Distance:
    turns = [2 * math.pi * i / 20 for i in range(20)]
    return _polygon(
        *(
            (
                math.sin(t) ** 3,
                (13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t))
                / 16
                + 0.15,
            )
            for t in turns
        )
    )


def _cross() -> Distance:
    arm = [(0.28, 0.95), (0.28, 0.28), (0.95, 0.28)]
    corners = [(x, y) for x, y in arm]
    for _ in range(3):
        corners += [(y, -x) for x, y in corners[-3:]]
    return _polygon(*corners)


SHAPES: dict[str, Distance] = {
    "circle": _circle,
    "ring": _ring,
    "crescent": _crescent,
    "triangle": _polygon((0, 1), (0.87, -0.5), (-0.87, -0.5)),
    "square": _polygon((0.75, 0.75), (0.75, -0.75), (-0.75, -0.75), (-0.75, 0.75)),
    "star": _star(),
    "cross": _cross(),
    "heart": _heart(),
    "arrow": _polygon(
        (0, 1), (0.75, 0.15), (0.28, 0.15), (0.28, -1), (-0.28, -1), (-0.28, 0.15), (-0.75, 0.15)
    ),
    "hourglass": _polygon((0.7, 0.9), (-0.7, 0.9), (0.7, -0.9), (-0.7, -0.9)),
}
