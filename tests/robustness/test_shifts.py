"""Pictures moved by pixels, mirrored at the edge."""

import numpy as np
import torch

from core.robustness.shifts import DIRECTIONS, DISTANCES, shifted


def test_pictures_move_and_what_comes_in_is_their_mirror_image() -> None:
    pictures = torch.randint(0, 256, (2, 32, 32, 3), dtype=torch.uint8)
    padded = np.pad(pictures.numpy(), ((0, 0), (4, 4), (4, 4), (0, 0)), mode="reflect")
    for down, right in DIRECTIONS.values():
        for pixels in DISTANCES:
            top, left = 4 - pixels * down, 4 - pixels * right
            expected = padded[:, top : top + 32, left : left + 32]
            assert np.array_equal(shifted(pictures, pixels * down, pixels * right), expected)


def test_no_pixels_leave_them_where_they_are() -> None:
    pictures = torch.randint(0, 256, (1, 32, 32, 3), dtype=torch.uint8)
    assert torch.equal(shifted(pictures, 0, 0), pictures)
    assert len(set(DIRECTIONS.values())) == 8
