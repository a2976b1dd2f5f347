"""Noise: each value of a pixel changed for itself.

Each function takes float32 [N, 3, 32, 32] from 0 to 1, a severity from 1 to 5 and its random
numbers, and returns the same shape; what leaves 0 to 1 is clipped afterwards. The constants are
those of CIFAR-10-C (Hendrycks & Dietterich 2019, make_cifar_c.py).
"""

from functools import lru_cache

import numpy as np
import torch
from scipy.special import pdtr
from torch import Tensor

from core.robustness.draws import Draws


def gaussian_noise(images: Tensor, severity: int, draws: Draws) -> Tensor:
    deviation = (0.04, 0.06, 0.08, 0.09, 0.10)[severity - 1]
    return images + draws.normal(*images.shape, deviation=deviation)


def speckle_noise(images: Tensor, severity: int, draws: Draws) -> Tensor:
    deviation = (0.06, 0.1, 0.12, 0.16, 0.2)[severity - 1]
    return images + images * draws.normal(*images.shape, deviation=deviation)


def shot_noise(images: Tensor, severity: int, draws: Draws) -> Tensor:
    """As if so many photons made full brightness: Poisson's distribution."""
    photons = (500, 250, 100, 75, 50)[severity - 1]
    table = torch.from_numpy(_poisson(photons)).to(images.device)
    levels = (images * 255).round().double()
    # In one table for all levels, each level's probabilities stand between it and the next.
    found = torch.searchsorted(table.flatten(), levels + draws.uniform(*images.shape))
    counts = found - levels.long() * table.shape[1]
    return counts.clamp(0, table.shape[1] - 1).float() / photons


def impulse_noise(images: Tensor, severity: int, draws: Draws) -> Tensor:
    """Salt and pepper: a share of all values becomes 0 or 1, as many the one as the other."""
    amount = (0.01, 0.02, 0.03, 0.05, 0.07)[severity - 1]
    drawn = draws.uniform(*images.shape)
    noisy = torch.where(drawn < amount, 0.0, images)
    return torch.where(drawn < amount / 2, 1.0, noisy)


@lru_cache(maxsize=8)
def _poisson(photons: int) -> np.ndarray:
    """float64 [256, counts]: level + P(at most so many | photons at that level)."""
    counts = np.arange(photons + 8 * int(photons**0.5))
    levels = np.arange(256)[:, None]
    return levels + np.minimum(pdtr(counts, levels / 255 * photons), 1 - 1e-12)
