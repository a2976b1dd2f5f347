"""Blur: each pixel a mean of its neighbours.

Functions and constants as in `core.robustness.noise`.
"""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from core.data.dataset import IMAGE_SIZE
from core.robustness.draws import Draws
from core.robustness.filters import gaussian, motion_blurred, moved, truncated, zoomed

DISK = 8  # pixels from the middle of a defocus kernel to its edge


def gaussian_blur(images: Tensor, severity: int, _draws: Draws) -> Tensor:
    return gaussian(images, (0.4, 0.6, 0.7, 0.8, 1.0)[severity - 1])


def defocus_blur(images: Tensor, severity: int, _draws: Draws) -> Tensor:
    """A disk of a radius, its edge softened by a Gaussian of three pixels."""
    radius, sigma = ((0.3, 0.4), (0.4, 0.5), (0.5, 0.6), (1, 0.2), (1.5, 0.1))[severity - 1]
    place = torch.arange(-DISK, DISK + 1, dtype=torch.float32)
    disk = (place[:, None] ** 2 + place**2 <= radius**2).float()
    soft = torch.exp(-torch.tensor([1.0, 0.0, 1.0]) / (2 * sigma**2))
    soft /= soft.sum()
    kernel = F.conv2d((disk / disk.sum())[None, None], torch.outer(soft, soft)[None, None])
    side = kernel.shape[-1] // 2
    padded = F.pad(images, (side, side, side, side), mode="reflect")
    channels = images.shape[1]
    weights = kernel.to(images.device).expand(channels, 1, -1, -1)
    return F.conv2d(padded, weights, groups=channels)


def glass_blur(images: Tensor, severity: int, draws: Draws) -> Tensor:
    """Pixels exchanged for neighbours at random between two blurs.

    The published program means to swap two pixels, but copies one to the other: each takes the
    value of a neighbour above or left of it, or its own. So was CIFAR-10-C made, and so it is here.
    """
    sigma, passes = ((0.05, 1), (0.25, 1), (0.4, 1), (0.25, 2), (0.4, 2))[severity - 1]
    images = truncated(gaussian(images, sigma))
    inner = torch.arange(IMAGE_SIZE, device=images.device) > 1
    inside = (inner[:, None] & inner).long()
    for _ in range(passes):
        shape = (len(images), IMAGE_SIZE, IMAGE_SIZE)
        down, across = (
            draws.uniform(*shape, low=-1, high=1).floor_().long() * inside for _ in range(2)
        )
        images = moved(images, down, across)
    return gaussian(images, sigma)


def motion_blur(images: Tensor, severity: int, draws: Draws) -> Tensor:
    radius, sigma = ((6, 1), (6, 1.5), (6, 2), (8, 2), (9, 2.5))[severity - 1]
    degrees = draws.uniform(len(images), low=-45, high=45)
    return motion_blurred(images, radius, sigma, degrees)


def zoom_blur(images: Tensor, severity: int, _draws: Draws) -> Tensor:
    """The mean of the picture and of its middle, enlarged by more and more."""
    factors = np.arange(1, (1.06, 1.11, 1.16, 1.21, 1.26)[severity - 1], 0.01)
    total = images.clone()
    for factor in factors.tolist():
        total += zoomed(images, factor)
    return total / (len(factors) + 1)
