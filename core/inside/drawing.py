"""Filters and maps as pictures."""

import numpy as np
import torch
from torch import Tensor

from core.explanation.overlay import SIGN, STRENGTH

PERCENTILE = 99.8  # of a layer's absolute values, drawn at full strength
DARK = (18, 8, 32)  # of 0 where nothing is below it
ENLARGED = 4  # times, of a picture with an outline
OUTLINE, AROUND = (255, 140, 30), (10, 10, 10)  # its colours: seen on light and on dark pictures
BELOW = 0.1  # of the strongest value: a negative one is then worth a colour


def filters_as_pictures(weights: Tensor) -> np.ndarray:
    """Filters that look at pixels, [channels, 3, side, side], as uint8 [channels, side, side, 3]:
    grey is 0, and the strongest weight of each filter black or full colour."""
    strongest = weights.abs().amax((1, 2, 3), keepdim=True).clamp(min=1e-12)
    scaled = (weights / strongest + 1) / 2 * 255
    return scaled.permute(0, 2, 3, 1).round().to(torch.uint8).cpu().numpy()


def maps_as_pictures(maps: Tensor) -> np.ndarray:
    """What a layer makes of a picture, [channels, height, width] or [channels], as uint8 [channels,
    height, width, 3], on one scale for all channels; see `is_signed` for its colours."""
    values = maps.float().cpu().numpy()
    values = values[:, None, None] if values.ndim == 1 else values
    scaled = np.clip(values / full_strength(maps), -1, 1)
    if is_signed(maps):
        stops, position = np.array(SIGN), (scaled + 1) / 2
    else:
        stops, position = np.array((DARK, *STRENGTH)), scaled.clip(0)
    at = np.linspace(0, 1, len(stops))
    colours = [np.interp(position, at, stops[:, colour]) for colour in range(3)]
    return np.stack(colours, axis=-1).round().astype(np.uint8)


def is_signed(maps: Tensor) -> bool:
    """Whether blue is below 0 and red above; else all is from dark, 0, to light."""
    return bool(maps.min() < -BELOW * maps.abs().max())


def full_strength(maps: Tensor) -> float:
    """The value from which on a colour is as strong as can be."""
    magnitude = maps.float().abs().cpu().numpy()
    return float(np.percentile(magnitude, PERCENTILE) or magnitude.max() or 1.0)


def outlined(image: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    """A picture, uint8 [32, 32, 3], enlarged to [128, 128, 3], with a frame around the pixels from
    top and left up to bottom and right."""
    large = image.repeat(ENLARGED, 0).repeat(ENLARGED, 1)
    top, left, bottom, right = (edge * ENLARGED for edge in box)
    for inset, colour in ((0, AROUND), (1, OUTLINE), (2, OUTLINE), (3, AROUND)):
        rows, columns = slice(top + inset, bottom - inset), slice(left + inset, right - inset)
        for line in (
            (top + inset, columns),
            (bottom - inset - 1, columns),
            (rows, left + inset),
            (rows, right - inset - 1),
        ):
            large[line] = colour
    return large
