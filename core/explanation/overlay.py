"""Attributions as colours, alone or laid over the picture."""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

# Evenly spaced stops, told apart in every common form of colour blindness. Strength: matplotlib's
# "inferno" (CC0) without its black end; sign: ColorBrewer's blue to red, in which blue is negative.
STRENGTH = (
    (87, 16, 110), (138, 34, 106), (188, 55, 84), (228, 90, 49), (249, 142, 9), (249, 203, 53),
    (252, 255, 164),
)  # fmt: skip
SIGN = (
    (5, 48, 97), (42, 113, 178), (107, 172, 209), (194, 221, 236), (247, 246, 246),
    (251, 204, 180), (228, 128, 102), (186, 40, 50), (103, 0, 31),
)  # fmt: skip
RING = 128  # of a picture's height: how thick the two lines of a ring are, each
PERCENTILE = 99  # of the absolute values, drawn at full strength, so that one pixel can't dim a map


def heatmap(attribution: Tensor, signed: bool) -> NDArray[np.uint8]:
    """The colours of an attribution [H, W]: uint8 RGBA [H, W, 4].

    Opacity follows strength, so the map can be laid on a picture or on a page of any colour.
    Signed: red for positive, blue for negative. Not signed: purple over orange to light yellow.
    """
    return _colours(_normalised(attribution), signed)


def colour_scale(signed: bool) -> str:
    """The colours from the lowest to the highest value, as the stops of a CSS gradient."""
    return ",".join(f"rgb{stop}" for stop in (SIGN if signed else STRENGTH))


def overlay(
    image: NDArray[np.uint8], attribution: Tensor, opacity: float, signed: bool
) -> NDArray[np.uint8]:
    """The picture, uint8 [H, W, 3], under its attribution [32, 32], enlarged smoothly to fit.

    opacity: of the strongest places, from 0 (the picture alone) to 1. Returns uint8 [H, W, 3].
    """
    height, width = image.shape[:2]
    strength = _normalised(attribution)[None, None]
    enlarged = F.interpolate(strength, (height, width), mode="bicubic", align_corners=False)
    colours = _colours(enlarged[0, 0].clamp(-1, 1), signed).astype(np.float32)
    share = opacity * colours[..., 3:] / 255
    mixed = image * (1 - share) + colours[..., :3] * share
    return mixed.round().astype(np.uint8)


def ringed(image: NDArray[np.uint8], part: Tensor) -> NDArray[np.uint8]:
    """The picture, uint8 [H, W, 3], with a ring around a part of it, bool [32, 32]: white with
    black inside, so that it is seen on any colour."""
    height, width = image.shape[:2]
    large = F.interpolate(part[None, None].float(), (height, width), mode="bicubic")[0, 0] > 0.5
    drawn = image.copy()
    thickness = max(1, height // RING)
    black, white = _edge(large, 2 * thickness), _edge(large, thickness)
    drawn[black.numpy()] = 0
    drawn[white.numpy()] = 255
    return drawn


def _edge(part: Tensor, thickness: int) -> Tensor:
    """Pixels of the part within `thickness` of what is not, or of the picture's end."""
    outside = F.pad((~part)[None, None].float(), [thickness] * 4, value=1.0)
    return part & (F.max_pool2d(outside, 2 * thickness + 1, stride=1)[0, 0] > 0)


def _normalised(attribution: Tensor) -> Tensor:
    """Scaled so that the 99th percentile of the absolute values is 1, and cut off at -1 and 1."""
    values = attribution.detach().float().cpu()
    magnitude = values.abs()
    # Fewer than 1 % of the pixels may carry the whole map; then the largest is full strength.
    top = torch.quantile(magnitude, PERCENTILE / 100) or magnitude.max()
    return (values / top).clamp(-1, 1) if top > 0 else torch.zeros_like(values)


def _colours(normalised: Tensor, signed: bool) -> NDArray[np.uint8]:
    values = normalised.numpy()
    position = (values + 1) / 2 if signed else values.clip(0)
    stops = np.array(SIGN if signed else STRENGTH, dtype=np.float32)
    at = np.linspace(0, 1, len(stops))
    channels = [np.interp(position, at, stops[:, channel]) for channel in range(3)]
    alpha = 255 * (np.abs(values) if signed else values.clip(0))
    return np.stack([*channels, alpha], axis=-1).round().astype(np.uint8)
