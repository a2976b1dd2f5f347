"""Deletion and insertion curves (Petsiuk, Das & Saenko 2018, arXiv:1806.07421, section 4.3): hide
the picture pixel by pixel, the strongest of a map first, or bring it back in that order. A map that
knows what the network leans on makes the probability fall early, or rise early."""

from typing import Literal, get_args

import torch
from torch import Tensor

from core.explanation.hiding import Cover, probabilities_hidden
from core.models.network import Network

Way = Literal["deletion", "insertion"]
WAYS: tuple[Way, ...] = get_args(Way)
STEPS = 16  # from the whole picture to nothing; 64 pixels each
SIDE = 32


def order_of(attribution: Tensor) -> Tensor:
    """The pixels of a map [32, 32] from the one most for the class to the one most against it,
    int64 [1024]. Equal ones come in a random order, always the same, as no place is to be
    preferred."""
    (shuffled,) = random_orders(1)
    return shuffled[attribution.flatten()[shuffled].argsort(descending=True, stable=True)]


def random_orders(count: int) -> Tensor:
    """Orders that know nothing of the picture, int64 [count, 1024], always the same."""
    generator = torch.Generator().manual_seed(0)
    return torch.stack([torch.randperm(SIDE**2, generator=generator) for _ in range(count)])


def curves(
    network: Network,
    image: Tensor,
    orders: Tensor,
    way: Way,
    kind: Cover,
    target: int,
    against: int | None = None,
) -> Tensor:
    """The probability of the target after each step, float32 [orders, STEPS + 1].

    image: uint8 [32, 32, 3]; orders: int64 [orders, 1024], each all the pixels once; against: as
    for `probabilities_hidden`.
    """
    rank = orders.argsort(dim=1).view(-1, 1, SIDE, SIDE)
    taken = (torch.arange(STEPS + 1) * SIDE**2 // STEPS).view(1, -1, 1, 1)
    hidden = rank < taken if way == "deletion" else rank >= taken
    said = probabilities_hidden(network, image, hidden.flatten(0, 1), kind, target, against)
    return said.view(len(orders), STEPS + 1)


def area(curve: Tensor) -> Tensor:
    """Under curves [..., STEPS + 1], over the share of the picture, from 0 to 1."""
    return torch.trapezoid(curve, dx=1 / STEPS)
