"""What cameras and files do to pictures.

Functions and constants as in `core.robustness.noise`.
"""

from functools import lru_cache
from io import BytesIO

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from core.data.dataset import IMAGE_SIZE
from core.robustness.draws import Draws
from core.robustness.filters import gaussian

# Of the triangle whose corners are moved: 10 pixels from the middle, (across, down).
CORNERS = ((26.0, 26.0), (26.0, 6.0), (6.0, 6.0))


def contrast(images: Tensor, severity: int, _draws: Draws) -> Tensor:
    kept = (0.75, 0.5, 0.4, 0.3, 0.15)[severity - 1]
    means = images.mean((2, 3), keepdim=True)
    return (images - means) * kept + means


def saturate(images: Tensor, severity: int, _draws: Draws) -> Tensor:
    """Saturation in HSV multiplied and raised; grey is taken for a red without any."""
    factor, more = ((0.3, 0), (0.1, 0), (1.5, 0), (2, 0.1), (2.5, 0.2))[severity - 1]
    value = images.amax(1, keepdim=True)
    below = value - images
    depth = below.amax(1, keepdim=True)
    red = images.new_tensor((0.0, 1.0, 1.0)).view(3, 1, 1)
    shape = torch.where(depth > 0, below / depth.clamp(min=1e-6), red)
    saturation = depth / value.clamp(min=1e-6)
    return value - shape * value * (saturation * factor + more).clamp(0, 1)


def jpeg_compression(images: Tensor, severity: int, _draws: Draws) -> Tensor:
    quality = (80, 65, 58, 50, 40)[severity - 1]
    pixels = (images * 255).round().byte().permute(0, 2, 3, 1).cpu().numpy()
    read = np.stack([_through_jpeg(picture, quality) for picture in pixels])
    return torch.from_numpy(read).to(images.device).permute(0, 3, 1, 2).float() / 255


def pixelate(images: Tensor, severity: int, _draws: Draws) -> Tensor:
    """Made smaller, then as large as before, by box filters, each a matrix."""
    side = int(IMAGE_SIZE * (0.95, 0.9, 0.85, 0.75, 0.65)[severity - 1])
    pixels = images * 255
    for matrix in (_box_matrix(IMAGE_SIZE, side), _box_matrix(side, IMAGE_SIZE)):
        factor = torch.from_numpy(matrix).to(images)
        pixels = (pixels @ factor.T).add_(0.5 + 1e-4).floor_()  # rounded after each, as bytes are
        pixels = (factor @ pixels).add_(0.5 + 1e-4).floor_()
    return pixels / 255


def elastic_transform(images: Tensor, severity: int, draws: Draws) -> Tensor:
    """An affine transformation that moves three points, then displacements that vary smoothly."""
    amount, sigma, jitter = (
        (0, 0, 0.08),
        (0.05, 0.2, 0.07),
        (0.08, 0.06, 0.06),
        (0.1, 0.04, 0.05),
        (0.1, 0.03, 0.03),
    )[severity - 1]
    count = len(images)
    corners = images.new_tensor(CORNERS)
    reach = IMAGE_SIZE * jitter
    goals = corners + draws.uniform(count, *corners.shape, low=-reach, high=reach)
    ones = goals.new_ones(count, len(corners), 1)
    back = torch.linalg.solve(torch.cat((goals, ones), 2), corners.expand(count, -1, -1))
    places = torch.arange(IMAGE_SIZE, device=images.device, dtype=images.dtype)
    down, across = torch.meshgrid(places, places, indexing="ij")
    pixels = torch.stack((across, down, torch.ones_like(down)), 2)
    images = _sampled(images, (pixels.view(-1, 3) @ back).view(count, *down.shape, 2), True)
    shape = (count, 2, IMAGE_SIZE, IMAGE_SIZE)
    wobble = gaussian(draws.uniform(*shape, low=-1), IMAGE_SIZE * sigma, "reflect", 3)
    wobbly = pixels[..., :2] + IMAGE_SIZE * amount * wobble.permute(0, 2, 3, 1)
    return _sampled(images, wobbly, False)


def _sampled(images: Tensor, places: Tensor, about_centres: bool) -> Tensor:
    """Bilinear at `places` [N, 32, 32, 2] (across, down) in pixels; beyond the edge pictures are
    mirrored, about the centres of the pixels there or about their outer sides."""
    last = IMAGE_SIZE - 1 if about_centres else IMAGE_SIZE
    first = 0.0 if about_centres else 0.5
    grid = (places + first) * 2 / last - 1
    return F.grid_sample(
        images, grid, mode="bilinear", padding_mode="reflection", align_corners=about_centres
    )


def _through_jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    file = BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    with Image.open(file) as read:
        return np.asarray(read)


@lru_cache(maxsize=16)
def _box_matrix(size: int, to: int) -> np.ndarray:
    """float32 [to, size]: Pillow's box filter along one axis."""
    unit = Image.fromarray(np.eye(size, dtype=np.float32))
    return np.array(unit.resize((size, to), Image.Resampling.BOX))
