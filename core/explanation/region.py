"""The strongest part of a map, and what hiding it does to this picture's probability."""

from dataclasses import dataclass

import numpy as np
import torch
from scipy.ndimage import label
from scipy.signal import correlate
from torch import Tensor
from torchvision.transforms.functional import gaussian_blur

from core.explanation.hiding import probabilities_hidden
from core.models.network import Network

SMOOTHING = 1.5  # pixels; single pixels of a grainy map are no part of a picture
HALF = 0.5  # of the highest value, down to which a part reaches
MOST = 0.25  # of the picture, at most
ELSEWHERE = 8  # places, at most, where a part of the same shape is hidden
SHARED = 0.25  # of its pixels, at most, that such a place shares with the part itself


@dataclass(frozen=True)
class Effect:
    """before, hidden: probability of the class; elsewhere: that with a part of the same shape
    hidden, the mean over other places, None where there is no room for one"""

    size: float
    before: float
    hidden: float
    elsewhere: float | None


def strongest_part(attribution: Tensor) -> Tensor | None:
    """The one connected part of a map [32, 32] around its highest value, bool [32, 32]; None where
    nothing spoke for the class."""
    if not (attribution > 0).any():
        return None
    positive = attribution.clamp(min=0) / attribution.max()  # as values may be tiny
    side = 4 * round(SMOOTHING) + 1
    smooth = gaussian_blur(positive[None], [side, side], [SMOOTHING, SMOOTHING])[0]
    high = (smooth >= max(HALF * float(smooth.max()), float(smooth.quantile(1 - MOST)))).numpy()
    parts, _ = label(high)  # pyright: ignore[reportGeneralTypeIssues]
    at = np.unravel_index(int(smooth.argmax()), high.shape)
    return torch.from_numpy(parts == parts[at])


def effect_of(
    network: Network, image: Tensor, part: Tensor, target: int, against: int | None = None
) -> Effect:
    """What blurring a part (bool [32, 32]) of a picture (uint8 [32, 32, 3]) does."""
    moved = _moved(part)
    masks = torch.stack([torch.zeros_like(part), part, *moved])
    said = probabilities_hidden(network, image, masks, "blur", target, against)
    return Effect(
        size=float(part.float().mean()),
        before=float(said[0]),
        hidden=float(said[1]),
        elsewhere=float(said[2:].mean()) if moved else None,
    )


def _moved(part: Tensor) -> list[Tensor]:
    """The part at other places inside the picture, spread evenly over all there are."""
    rows, columns = (part.any(1 - axis).nonzero().flatten() for axis in (0, 1))
    height, width = part.shape
    steps = [
        (down, right)
        for down in range(-int(rows[0]), height - int(rows[-1]))
        for right in range(-int(columns[0]), width - int(columns[-1]))
    ]
    shared = correlate(part.numpy().astype(np.int32), part.numpy().astype(np.int32))
    most = SHARED * int(part.sum())
    others = [
        (down, right)
        for down, right in steps
        if shared[height - 1 + down, width - 1 + right] <= most
    ]
    chosen = np.linspace(0, len(others) - 1, min(ELSEWHERE, len(others))).round().astype(int)
    return [part.roll(others[number], (0, 1)) for number in chosen]
