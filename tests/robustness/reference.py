"""The corruptions once more, picture by picture, from the published description: written for the
tests with scipy, scikit-image and Pillow, and with none of the project's code.

Each takes a picture, float [32, 32, 3] from 0 to 1, a severity and a generator, and returns such a
picture.
"""

from io import BytesIO

import numpy as np
from PIL import Image
from scipy import ndimage
from skimage import color, feature, filters, transform, util

Picture = np.ndarray
Draw = np.random.Generator


def gaussian_noise(x: Picture, severity: int, draw: Draw) -> Picture:
    return x + draw.normal(0, [0.04, 0.06, 0.08, 0.09, 0.10][severity - 1], x.shape)


def shot_noise(x: Picture, severity: int, draw: Draw) -> Picture:
    c = [500, 250, 100, 75, 50][severity - 1]
    return draw.poisson(x * c) / c


def impulse_noise(x: Picture, severity: int, draw: Draw) -> Picture:
    amount = [0.01, 0.02, 0.03, 0.05, 0.07][severity - 1]
    return util.random_noise(x, mode="s&p", amount=amount, rng=draw)


def speckle_noise(x: Picture, severity: int, draw: Draw) -> Picture:
    return x + x * draw.normal(0, [0.06, 0.1, 0.12, 0.16, 0.2][severity - 1], x.shape)


def gaussian_blur(x: Picture, severity: int, _draw: Draw) -> Picture:
    return filters.gaussian(x, [0.4, 0.6, 0.7, 0.8, 1][severity - 1], channel_axis=-1)


def glass_blur(x: Picture, severity: int, draw: Draw) -> Picture:
    sigma, passes = [(0.05, 1), (0.25, 1), (0.4, 1), (0.25, 2), (0.4, 2)][severity - 1]
    pixels = (filters.gaussian(x, sigma, channel_axis=-1) * 255 + 1e-3).astype(np.uint8)
    for _ in range(passes):
        for h in range(31, 1, -1):
            for w in range(31, 1, -1):
                dx, dy = draw.integers(-1, 1, 2)
                pixels[h, w] = pixels[h + dy, w + dx]  # what its swap of two views comes to
    return filters.gaussian(pixels / 255, sigma, channel_axis=-1)


def defocus_blur(x: Picture, severity: int, _draw: Draw) -> Picture:
    radius, alias = [(0.3, 0.4), (0.4, 0.5), (0.5, 0.6), (1, 0.2), (1.5, 0.1)][severity - 1]
    across, down = np.meshgrid(np.arange(-8, 9), np.arange(-8, 9))
    disk = (across**2 + down**2 <= radius**2).astype(float)
    soft = np.exp(-np.array([1, 0, 1]) / (2 * alias**2))
    kernel = disk / disk.sum()
    for axis in (0, 1):
        kernel = ndimage.correlate1d(kernel, soft / soft.sum(), axis=axis)
    return ndimage.correlate(x, kernel[:, :, None], mode="mirror")


def motion_blur(x: Picture, severity: int, draw: Draw) -> Picture:
    radius, sigma = [(6, 1), (6, 1.5), (6, 2), (8, 2), (9, 2.5)][severity - 1]
    return in_one_direction(x, radius, sigma, draw.uniform(-45, 45))


def zoom_blur(x: Picture, severity: int, _draw: Draw) -> Picture:
    end = [1.06, 1.11, 1.16, 1.21, 1.26][severity - 1]
    zooms = [middle(x, factor) for factor in np.arange(1, end, 0.01)]
    return (x + sum(zooms)) / (len(zooms) + 1)


def snow(x: Picture, severity: int, draw: Draw) -> Picture:
    c = [
        (0.1, 0.2, 1, 0.6, 8, 3, 0.95),
        (0.1, 0.2, 1, 0.5, 10, 4, 0.9),
        (0.15, 0.3, 1.75, 0.55, 10, 4, 0.9),
        (0.25, 0.3, 2.25, 0.6, 12, 6, 0.85),
        (0.3, 0.3, 1.25, 0.65, 14, 12, 0.8),
    ][severity - 1]
    layer = middle(draw.normal(c[0], c[1], (32, 32, 1)), c[2])
    layer = np.clip(np.where(layer < c[3], 0, layer), 0, 1)
    layer = in_one_direction(layer, c[4], c[5], draw.uniform(-135, -45))
    grey = x @ np.array([0.299, 0.587, 0.114])
    x = c[6] * x + (1 - c[6]) * np.maximum(x, grey[..., None] * 1.5 + 0.5)
    return x + layer + layer[::-1, ::-1]


def fog(x: Picture, severity: int, draw: Draw) -> Picture:
    thick, decay = [(0.2, 3), (0.5, 3), (0.75, 2.5), (1, 2), (1.5, 1.75)][severity - 1]
    return (x + thick * clouds(decay, draw)[..., None]) * x.max() / (x.max() + thick)


def brightness(x: Picture, severity: int, _draw: Draw) -> Picture:
    hsv = color.rgb2hsv(x)
    hsv[..., 2] = np.clip(hsv[..., 2] + [0.05, 0.1, 0.15, 0.2, 0.3][severity - 1], 0, 1)
    return color.hsv2rgb(hsv)


def spatter(x: Picture, severity: int, draw: Draw) -> Picture:
    c = [
        (0.62, 0.1, 0.7, 0.7, 0.5),
        (0.65, 0.1, 0.8, 0.7, 0.5),
        (0.65, 0.3, 1, 0.69, 0.5),
        (0.65, 0.1, 0.7, 0.69, 0.6),
        (0.65, 0.1, 0.5, 0.68, 0.6),
    ][severity - 1]
    liquid = np.asarray(filters.gaussian(draw.normal(c[0], c[1], (32, 32)), c[2], mode="nearest"))
    if severity > 3:
        cover = filters.gaussian((liquid > c[3]).astype(float), c[4], mode="nearest")
        cover = np.where(cover < 0.8, 0, cover)[..., None]
        return x * (1 - cover) + cover * np.array([63, 42, 20]) / 255
    bytes_ = np.floor(np.clip(np.where(liquid < c[3], 0, liquid), 0, 1) * 255)
    # Its edge finder differs in how gradients are measured, its drops hardly.
    edges = feature.canny(bytes_, sigma=1e-3, low_threshold=12, high_threshold=36)
    far = np.full((32, 32), 20.0)
    if edges.any():
        far = np.asarray(ndimage.distance_transform_edt(~edges))
    far = np.floor(ndimage.uniform_filter(np.minimum(far, 20), 3, mode="mirror") + 1e-6)
    relief = ndimage.correlate(
        equalised(far), np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]), mode="mirror"
    )
    relief = np.round(ndimage.uniform_filter(np.clip(relief, 0, 255), 3, mode="mirror"))
    light = bytes_ * relief
    light = (light / max(light.max(), 1e-6))[..., None]
    return x + c[4] * light * np.array([175, 238, 238]) / 255


def contrast(x: Picture, severity: int, _draw: Draw) -> Picture:
    mean = x.mean((0, 1), keepdims=True)
    return (x - mean) * [0.75, 0.5, 0.4, 0.3, 0.15][severity - 1] + mean


def elastic_transform(x: Picture, severity: int, draw: Draw) -> Picture:
    amount, sigma, jitter = [
        (0, 0, 0.08),
        (0.05, 0.2, 0.07),
        (0.08, 0.06, 0.06),
        (0.1, 0.04, 0.05),
        (0.1, 0.03, 0.03),
    ][severity - 1]
    corners = np.array([[26, 26], [26, 6], [6, 6]], dtype=float)
    goals = corners + draw.uniform(-32 * jitter, 32 * jitter, corners.shape)
    there = transform.estimate_transform("affine", corners, goals)
    x = transform.warp(x, there.inverse, order=1, mode="reflect")
    wobble = draw.uniform(-1, 1, (2, 32, 32))
    if sigma:
        wobble = [ndimage.gaussian_filter(w, 32 * sigma, truncate=3) for w in wobble]
    down, across = np.mgrid[:32, :32] + 32 * amount * np.asarray(wobble)
    return np.stack(
        [
            ndimage.map_coordinates(channel, [down, across], order=1, mode="reflect")
            for channel in np.moveaxis(x, -1, 0)
        ],
        -1,
    )


def pixelate(x: Picture, severity: int, _draw: Draw) -> Picture:
    side = int(32 * [0.95, 0.9, 0.85, 0.75, 0.65][severity - 1])
    small = image(x).resize((side, side), Image.Resampling.BOX)
    return np.asarray(small.resize((32, 32), Image.Resampling.BOX)) / 255


def jpeg_compression(x: Picture, severity: int, _draw: Draw) -> Picture:
    file = BytesIO()
    image(x).save(file, "JPEG", quality=[80, 65, 58, 50, 40][severity - 1])
    return np.asarray(Image.open(file)) / 255


def saturate(x: Picture, severity: int, _draw: Draw) -> Picture:
    factor, more = [(0.3, 0), (0.1, 0), (1.5, 0), (2, 0.1), (2.5, 0.2)][severity - 1]
    hsv = color.rgb2hsv(x)
    hsv[..., 1] = np.clip(hsv[..., 1] * factor + more, 0, 1)
    return color.hsv2rgb(hsv)


def in_one_direction(x: Picture, radius: int, sigma: float, degrees: float) -> Picture:
    weights = np.exp(-(np.arange(2 * radius + 1) ** 2) / (2 * sigma**2))
    down, across = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    total = np.zeros_like(x)
    for step, weight in enumerate(weights / weights.sum()):
        offset = [-int(np.ceil(step * way - 0.5)) for way in (down, across)]
        total += weight * ndimage.shift(x, [*offset, 0], order=0, mode="nearest")
    return total


def middle(x: Picture, factor: float) -> Picture:
    size = int(np.ceil(32 / factor))
    first = (32 - size) // 2
    cut = x[first : first + size, first : first + size]
    large = np.asarray(ndimage.zoom(cut, (factor, factor, 1), order=1))
    first = (len(large) - 32) // 2
    return large[first : first + 32, first : first + 32]


def clouds(decay: float, draw: Draw) -> np.ndarray:
    """Diamond-square, point by point, on a map whose edges meet."""
    height = np.zeros((32, 32))
    step, wibble = 32, 100.0

    def put(y: int, x: int, corners: list[tuple[int, int]]) -> None:
        mean = sum(height[a % 32, b % 32] for a, b in corners) / 4
        height[y % 32, x % 32] = mean + wibble * draw.uniform(-wibble, wibble)

    while step >= 2:
        h = step // 2
        grid = [(y, x) for y in range(0, 32, step) for x in range(0, 32, step)]
        for y, x in grid:
            put(y + h, x + h, [(y, x), (y + step, x), (y, x + step), (y + step, x + step)])
        for y, x in grid:
            put(y, x + h, [(y, x), (y, x + step), (y + h, x + h), (y - h, x + h)])
            put(y + h, x, [(y, x), (y + step, x), (y + h, x + h), (y + h, x - h)])
        step, wibble = h, wibble / decay
    height -= height.min()
    return height / height.max()


def equalised(bytes_: np.ndarray) -> np.ndarray:
    counts = np.bincount(bytes_.astype(int).ravel(), minlength=256)
    first = counts[int(bytes_.min())]
    if first == bytes_.size:
        return bytes_
    table = np.round((counts.cumsum() - first) * 255 / (bytes_.size - first))
    return table[bytes_.astype(int)]


def image(x: Picture) -> Image.Image:
    return Image.fromarray(np.round(x * 255).astype(np.uint8))
