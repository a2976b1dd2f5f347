"""Where a network looks in many pictures at once."""

import torch
from torch import Tensor


def mean_map(maps: Tensor) -> Tensor:
    """The mean [H, W] of maps [N, H, W], each weighing the same, however strong it is: divided by
    the sum of its absolute values. Empty maps count as nothing. N is at least 1."""
    totals = maps.abs().sum((1, 2), keepdim=True)
    return torch.where(totals > 0, maps / totals.clamp(min=torch.finfo(maps.dtype).tiny), 0).mean(0)
