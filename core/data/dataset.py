"""What a data set is: pictures and labels held whole, as three splits."""

from dataclasses import dataclass, replace
from typing import Literal, Self

import torch
from torch import Tensor

IMAGE_SIZE = 32  # pixels, height and width
SplitName = Literal["train", "validation", "test"]


@dataclass(frozen=True)
class Split:
    """Pictures and their classes.

    images: uint8 [N, 32, 32, 3], red, green and blue from 0 to 255
    labels: int64 [N], indices into the data set's classes
    """

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def to(self, device: torch.device) -> Self:
        return replace(self, images=self.images.to(device), labels=self.labels.to(device))


@dataclass(frozen=True)
class Normalisation:
    """Per-channel mean and standard deviation of the training images, on a scale of 0 to 1."""

    mean: tuple[float, float, float]
    std: tuple[float, float, float]


@dataclass(frozen=True)
class Dataset:
    """A data set, split for honest measurement.

    The validation split is cut from the training images, stratified and seeded; the test split is
    never used to choose anything. `fingerprint` identifies the content (a hex digest). `skipped`
    lists files that could not be read, with the reason, one sentence each.
    """

    name: str
    classes: tuple[str, ...]
    train: Split
    validation: Split
    test: Split
    normalisation: Normalisation
    fingerprint: str
    skipped: tuple[str, ...] = ()

    def split(self, name: SplitName) -> Split:
        return {"train": self.train, "validation": self.validation, "test": self.test}[name]
