"""What several corruptions do to pictures.

`images` are float32 [N, channels, 32, 32]. A filter that treats rows and columns alike is a matrix,
which comes of letting scipy filter the unit matrix: two products then filter a whole batch.
"""

from functools import lru_cache

import numpy as np
import torch
from scipy.ndimage import gaussian_filter1d, zoom
from torch import Tensor

from core.data.dataset import IMAGE_SIZE


def gaussian(images: Tensor, sigma: float, mode: str = "nearest", truncate: float = 4.0) -> Tensor:
    """Blurred by a Gaussian of `sigma` pixels, cut off at `truncate` of them; 0 changes nothing.

    mode: how pictures go on beyond their edge, in scipy's words
    """
    if sigma == 0:
        return images
    return along_both(images, _gaussian_matrix(sigma, mode, truncate))


def zoomed(images: Tensor, factor: float) -> Tensor:
    """The middle, enlarged by `factor` (1 or more), bilinearly, to the size of the picture."""
    return along_both(images, _zoom_matrix(factor))


def along_both(images: Tensor, matrix: np.ndarray) -> Tensor:
    """`matrix` [rows, 32] applied to the columns and to the rows of each picture."""
    factor = torch.from_numpy(matrix).to(images)
    return (images.mT @ factor.T).mT @ factor.T


def motion_blurred(images: Tensor, radius: int, sigma: float, degrees: Tensor) -> Tensor:
    """As ImageMagick's motion blur: each pixel is the mean of those in one direction, the weights
    half a Gaussian of `sigma` pixels over 2 `radius` + 1 pixels; beyond the edge it repeats.

    degrees: float32 [N], the direction in each picture, clockwise from the right
    """
    steps = torch.arange(2 * radius + 1, device=images.device)
    weights = torch.exp(-(steps.float() ** 2) / (2 * sigma**2))
    weights /= weights.sum()
    angles = degrees.deg2rad()[:, None]
    across = (steps * angles.cos() - 0.5).ceil().long()
    down = (steps * angles.sin() - 0.5).ceil().long()
    blurred = torch.zeros_like(images)
    for step, weight in enumerate(weights.tolist()):
        blurred += weight * moved(images, down[:, step], across[:, step])
    return blurred


def moved(images: Tensor, down: Tensor, across: Tensor) -> Tensor:
    """Each pixel replaced by the one so far below and to the right of it; the edge repeats.

    down, across: int64 [N], or [N, 32, 32] where each pixel has its own
    """
    places = torch.arange(IMAGE_SIZE, device=images.device)
    rows = (places[:, None] + _per_pixel(down)).clamp(0, IMAGE_SIZE - 1)
    columns = (places + _per_pixel(across)).clamp(0, IMAGE_SIZE - 1)
    index = (rows * IMAGE_SIZE + columns).flatten(1)[:, None].expand(-1, images.shape[1], -1)
    return images.flatten(2).gather(2, index).view(images.shape)


def truncated(images: Tensor) -> Tensor:
    """Pictures of 0 to 1 as bytes hold them: of the 256 levels the next one below, as float32."""
    return images.clamp(0, 1).mul(255).add_(1e-3).floor_().div_(255)


def _per_pixel(offset: Tensor) -> Tensor:
    return offset if offset.ndim == 3 else offset[:, None, None]


@lru_cache(maxsize=64)
def _gaussian_matrix(sigma: float, mode: str, truncate: float) -> np.ndarray:
    return gaussian_filter1d(np.eye(IMAGE_SIZE), sigma, axis=0, mode=mode, truncate=truncate)


@lru_cache(maxsize=64)
def _zoom_matrix(factor: float) -> np.ndarray:
    kept = int(np.ceil(IMAGE_SIZE / factor))
    first = (IMAGE_SIZE - kept) // 2
    enlarged = np.asarray(zoom(np.eye(kept), (factor, 1), order=1))
    above = (len(enlarged) - IMAGE_SIZE) // 2
    matrix = np.zeros((IMAGE_SIZE, IMAGE_SIZE))
    matrix[:, first : first + kept] = enlarged[above : above + IMAGE_SIZE]
    return matrix
