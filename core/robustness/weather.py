"""Weather: something lies over the picture, or between it and the eye.

Functions and constants as in `core.robustness.noise`; what is drawn over a picture differs from
picture to picture.
"""

import torch
from torch import Tensor

from core.data.dataset import IMAGE_SIZE
from core.robustness.draws import Draws
from core.robustness.filters import gaussian, motion_blurred, truncated, zoomed
from core.robustness.liquid import water_drops

GREY = (0.299, 0.587, 0.114)  # of red, green and blue (ITU-R BT.601)
ICE = (0.86, 0.93, 1.0)  # the colour of our frost
WATER = (175 / 255, 238 / 255, 238 / 255)
MUD = (63 / 255, 42 / 255, 20 / 255)


def brightness(images: Tensor, severity: int, _draws: Draws) -> Tensor:
    """More of the largest of red, green and blue (value in HSV), at the same hue and saturation."""
    more = (0.05, 0.1, 0.15, 0.2, 0.3)[severity - 1]
    value = images.amax(1, keepdim=True)
    brighter = (value + more).clamp(max=1)
    return torch.where(value > 0, images * brighter / value.clamp(min=1e-6), brighter)


def fog(images: Tensor, severity: int, draws: Draws) -> Tensor:
    thickness, decay = ((0.2, 3), (0.5, 3), (0.75, 2.5), (1, 2), (1.5, 1.75))[severity - 1]
    brightest = images.amax((1, 2, 3), keepdim=True)
    foggy = images + thickness * plasma(len(images), decay, draws)
    return foggy * brightest / (brightest + thickness)


def frost(images: Tensor, severity: int, draws: Draws) -> Tensor:
    """The published program pastes photographs of frost, which are not ours to take along. This
    frost is drawn: bright ridges of clouds, finer than fog's, in the colour of ice. How strongly
    picture and frost are mixed is as published."""
    picture, ice = ((1, 0.2), (1, 0.3), (0.9, 0.4), (0.85, 0.4), (0.75, 0.45))[severity - 1]
    ridges = 1 - (2 * plasma(len(images), 1.5, draws) - 1).abs()
    return picture * images + ice * ridges * _colour(ICE, images)


def snow(images: Tensor, severity: int, draws: Draws) -> Tensor:
    """Flakes blown downwards over a picture that grew paler."""
    mean, deviation, size, threshold, radius, sigma, kept = (
        (0.1, 0.2, 1, 0.6, 8, 3, 0.95),
        (0.1, 0.2, 1, 0.5, 10, 4, 0.9),
        (0.15, 0.3, 1.75, 0.55, 10, 4, 0.9),
        (0.25, 0.3, 2.25, 0.6, 12, 6, 0.85),
        (0.3, 0.3, 1.25, 0.65, 14, 12, 0.8),
    )[severity - 1]
    shape = (len(images), 1, IMAGE_SIZE, IMAGE_SIZE)
    flakes = zoomed(draws.normal(*shape, mean=mean, deviation=deviation), size)
    flakes = truncated(torch.where(flakes < threshold, 0.0, flakes))
    degrees = draws.uniform(len(images), low=-135, high=-45)
    flakes = motion_blurred(flakes, radius, sigma, degrees)
    grey = (images * _colour(GREY, images)).sum(1, keepdim=True)
    paler = kept * images + (1 - kept) * torch.maximum(images, grey * 1.5 + 0.5)
    return paler + flakes + flakes.rot90(2, (2, 3))


def spatter(images: Tensor, severity: int, draws: Draws) -> Tensor:
    """Drops of water at severities 1 to 3, of mud at 4 and 5."""
    mean, deviation, sigma, threshold, strength, mud = (
        (0.62, 0.1, 0.7, 0.7, 0.5, False),
        (0.65, 0.1, 0.8, 0.7, 0.5, False),
        (0.65, 0.3, 1, 0.69, 0.5, False),
        (0.65, 0.1, 0.7, 0.69, 0.6, True),
        (0.65, 0.1, 0.5, 0.68, 0.6, True),
    )[severity - 1]
    shape = (len(images), 1, IMAGE_SIZE, IMAGE_SIZE)
    liquid = gaussian(draws.normal(*shape, mean=mean, deviation=deviation), sigma)
    if mud:
        cover = gaussian((liquid > threshold).float(), strength)
        cover = torch.where(cover < 0.8, 0.0, cover)
        return images * (1 - cover) + cover * _colour(MUD, images)
    liquid = torch.where(liquid < threshold, 0.0, liquid)
    return images + strength * water_drops(liquid) * _colour(WATER, images)


def plasma(count: int, decay: float, draws: Draws) -> Tensor:
    """Clouds by midpoint displacement (diamond-square; Fournier, Fussell & Carpenter 1982) on a map
    that goes on at its opposite edge: float32 [count, 1, 32, 32], each from 0 to 1.

    decay: by how much the displacement shrinks whenever the distance is halved
    """
    clouds = draws.uniform(count, IMAGE_SIZE, IMAGE_SIZE).zero_()
    wibble, step = 100.0, IMAGE_SIZE

    def displaced(corners: Tensor) -> Tensor:
        return corners / 4 + wibble * draws.uniform(*corners.shape, low=-wibble, high=wibble)

    while step >= 2:
        half = step // 2
        corners = clouds[:, ::step, ::step]
        rows = corners + corners.roll(-1, 1)
        clouds[:, half::step, half::step] = displaced(rows + rows.roll(-1, 2))
        centres = clouds[:, half::step, half::step]
        above_below = centres + centres.roll(1, 1)
        left_right = corners + corners.roll(-1, 2)
        clouds[:, ::step, half::step] = displaced(above_below + left_right)
        above_below = corners + corners.roll(-1, 1)
        left_right = centres + centres.roll(1, 2)
        clouds[:, half::step, ::step] = displaced(above_below + left_right)
        step, wibble = half, wibble / decay
    clouds -= clouds.amin((1, 2), keepdim=True)
    return (clouds / clouds.amax((1, 2), keepdim=True))[:, None]


def _colour(values: tuple[float, float, float], images: Tensor) -> Tensor:
    return images.new_tensor(values).view(3, 1, 1)
