"""Pictures moved by a few pixels, which changes nothing that a person would notice."""

import torch
from torch import Tensor

from core.data.dataset import IMAGE_SIZE

DISTANCES = (1, 2, 3, 4)
"""In pixels, along rows, columns or both."""

DIRECTIONS: dict[str, tuple[int, int]] = {
    "up": (-1, 0),
    "up right": (-1, 1),
    "right": (0, 1),
    "down right": (1, 1),
    "down": (1, 0),
    "down left": (1, -1),
    "left": (0, -1),
    "up left": (-1, -1),
}
"""Down and to the right, in pixels."""


def shifted(images: Tensor, down: int, right: int) -> Tensor:
    """`images` [N, 32, 32, 3] moved by less than 32 pixels each way; what comes in at the edge is
    their mirror image (the edge itself is not repeated)."""
    return images[:, _mirrored(down, images.device)][:, :, _mirrored(right, images.device)]


def _mirrored(by: int, device: torch.device) -> Tensor:
    places = (torch.arange(IMAGE_SIZE, device=device) - by).abs()
    return torch.minimum(places, 2 * (IMAGE_SIZE - 1) - places)
