"""Holding images back: a share of every class, chosen by seed."""

import hashlib

import torch
from torch import Tensor

from core.data.dataset import Split
from core.errors import ConvscopeError


def hold_back(
    split: Split, share: float, seed: int, classes: tuple[str, ...], purpose: str
) -> tuple[Split, Split]:
    """Cut `share` of every class from `split`: returns what stays and what is held back.

    Stratified: a class of n images gives round(share * n) of them, but at least one. Both parts
    keep the order of `split`. `purpose` names the held-back part in errors.

    Raises ConvscopeError when a class is too small to leave an image on both sides.
    """
    return cut(split, held_back(split.labels, share, seed, classes, purpose))


def cut(split: Split, held: Tensor) -> tuple[Split, Split]:
    """What stays and what is held back, each in the order of `split`; held: bool [N]."""
    return (
        Split(split.images[~held], split.labels[~held]),
        Split(split.images[held], split.labels[held]),
    )


def split_hash(held: Tensor) -> str:
    """Tells apart which images are held back (bool [N]): hex digits of a SHA-256."""
    return hashlib.sha256(held.numpy().data).hexdigest()


def held_back(
    labels: Tensor, share: float, seed: int, classes: tuple[str, ...], purpose: str
) -> Tensor:
    """Which of `labels` (int64 [N]) are held back, bool [N]. See `hold_back`."""
    generator = torch.Generator().manual_seed(seed)
    held = torch.zeros(len(labels), dtype=torch.bool)
    for label, name in enumerate(classes):
        members = (labels == label).nonzero()[:, 0]
        count = max(1, round(share * len(members)))
        if count >= len(members):
            raise ConvscopeError(
                f"The class '{name}' has only {len(members)} training image(s), too few to hold "
                f"{share:.0%} back for {purpose}. Add images to it, or leave the class out."
            )
        order = torch.randperm(len(members), generator=generator)
        held[members[order[:count]]] = True
    return held
