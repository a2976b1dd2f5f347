"""Drops of water on a pane, as CIFAR-10-C draws them: their edges found, and lit from one side.

Maps are float32 [N, 1, 32, 32]; where bytes are meant, whole numbers from 0 to 255.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

WEAK, STRONG = 50, 150  # of a gradient, |dx| + |dy|, at an edge
FAR = 20.0  # pixels from an edge, beyond which all is alike
RELIEF = ((-2, -1, 0), (-1, 1, 1), (0, 1, 2))


def water_drops(liquid: Tensor) -> Tensor:
    """How much light the drops add, 0 to 1, of how thick the liquid is, 0 to 1."""
    thickness = (liquid.clamp(0, 1) * 255).floor()
    distance = _distance(_edges(thickness)).clamp(max=FAR)
    relief = _equalised(_mean3(distance).floor())
    relief = _filter3(relief, torch.tensor(RELIEF).to(liquid)).clamp(0, 255)
    light = thickness * _mean3(relief).round()
    return light / light.amax((2, 3), keepdim=True).clamp(min=1e-6)


def _edges(image: Tensor) -> Tensor:
    """bool: where the gradient is largest across its direction, and strong, or weak but connected
    to where it is strong (Canny 1986, by Sobel's differences)."""
    smooth, slope = torch.tensor([1.0, 2.0, 1.0]), torch.tensor([-1.0, 0.0, 1.0])
    dx, dy = (
        _filter3(image, torch.outer(*pair).to(image), "replicate")
        for pair in ((smooth, slope), (slope, smooth))
    )
    size = dx.abs() + dy.abs()
    around = F.pad(size, (1, 1, 1, 1))

    def beside(down: int, across: int) -> Tensor:
        height, width = size.shape[2:]
        return around[..., 1 + down : 1 + down + height, 1 + across : 1 + across + width]

    # Of two equal neighbours one is the edge: the one that comes first.
    across = (size > beside(0, -1)) & (size >= beside(0, 1))
    down = (size > beside(-1, 0)) & (size >= beside(1, 0))
    falling = (size > beside(-1, -1)) & (size > beside(1, 1))
    rising = (size > beside(-1, 1)) & (size > beside(1, -1))
    flat = dy.abs() < dx.abs() * math.tan(math.pi / 8)
    steep = dy.abs() > dx.abs() * math.tan(3 * math.pi / 8)
    slanted = torch.where(dx * dy < 0, rising, falling)
    weak = torch.where(flat, across, torch.where(steep, down, slanted)) & (size > WEAK)
    edges = weak & (size > STRONG)
    while True:
        grown = weak & (F.max_pool2d(edges.float(), 3, 1, 1) > 0)
        if torch.equal(grown, edges):
            return edges
        edges = grown


def _distance(edges: Tensor) -> Tensor:
    """Pixels to the nearest edge in the same picture, a large number where there is none."""
    place = torch.arange(edges.shape[-1], device=edges.device)
    apart = (place[:, None] - place).float() ** 2
    along = torch.where(edges, 0.0, 1e6)
    along = (along[..., None, :] + apart).amin(-1)
    along = (along.mT[..., None, :] + apart).amin(-1).mT
    return along.sqrt()


def _equalised(image: Tensor) -> Tensor:
    """Bytes spread so that each level holds about as many pixels; one of a single level stays."""
    flat = image.flatten(1).long()
    counts = torch.zeros(len(flat), 256, device=image.device).scatter_add_(
        1, flat, torch.ones_like(flat, dtype=torch.float32)
    )
    first = counts.gather(1, flat.amin(1, keepdim=True))
    others = flat.shape[1] - first
    table = ((counts.cumsum(1) - first) * 255 / others.clamp(min=1)).round()
    spread = table.gather(1, flat).view(image.shape)
    return torch.where(others[:, :, None, None] > 0, spread, image)


def _mean3(image: Tensor) -> Tensor:
    return _filter3(image, torch.full((3, 3), 1 / 9, device=image.device))


def _filter3(image: Tensor, kernel: Tensor, beyond: str = "reflect") -> Tensor:
    return F.conv2d(F.pad(image, (1, 1, 1, 1), mode=beyond), kernel[None, None])
