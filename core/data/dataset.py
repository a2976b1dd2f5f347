"""What a data set is: pictures and labels held whole, as three splits."""

from dataclasses import dataclass, replace
from typing import Literal, Self

import torch
from torch import Tensor

from core.errors import ConvscopeError
from core.recipe.parts import IMAGE_SIZE as IMAGE_SIZE

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
    never used to choose anything. `fingerprint` identifies the content: hex digits that stand for
    pictures and labels, a dot, and those that stand for which images are held back for validation.
    `skipped` lists files that could not be read, with the reason, one sentence each. `drawn` tells
    that the program makes the pictures.
    """

    name: str
    classes: tuple[str, ...]
    train: Split
    validation: Split
    test: Split
    normalisation: Normalisation
    fingerprint: str
    skipped: tuple[str, ...] = ()
    drawn: bool = False

    def split(self, name: SplitName) -> Split:
        """Raises ConvscopeError for a name that is none of a split."""
        splits = {"train": self.train, "validation": self.validation, "test": self.test}
        if name not in splits:
            raise ConvscopeError(
                f"{self.name} has no split {str(name)[:40]!r}; choose one of {', '.join(splits)}."
            )
        return splits[name]

    def ensure_same(self, fingerprint: str, whose: str) -> None:
        """Raises ConvscopeError when `whose` data, known by its fingerprint, was not this."""
        if same_data(self.fingerprint, fingerprint):
            return
        if _pictures(self.fingerprint) == _pictures(fingerprint):
            raise ConvscopeError(
                f"{self.name} now holds back other images for validation than when {whose} was "
                "trained, as another version of PyTorch may draw them. Use the version of then, or "
                "train the recipe anew."
            )
        if self.drawn:
            raise ConvscopeError(
                f"{self.name} are drawn by the program, and this version draws other pictures than "
                f"those that {whose} was trained on; train the recipe anew."
            )
        raise ConvscopeError(
            f"{self.name} does not hold the pictures that {whose} was trained on; they were "
            "changed or replaced since. Put the old ones back, or train the recipe anew on these."
        )


def same_data(one: str, other: str) -> bool:
    """Whether two fingerprints are of the same pictures, labels and split; of the same pictures
    and labels where one of them, written by an older version, does not tell the split."""
    if "." in one and "." in other:
        return one == other
    return _pictures(one) == _pictures(other)


def same_images(one: str, other: str, split: SplitName) -> bool:
    """Whether image k of the split is the same in the data of two fingerprints; which test images
    there are does not depend on those that are held back for validation."""
    return _pictures(one) == _pictures(other) if split == "test" else same_data(one, other)


def _pictures(fingerprint: str) -> str:
    return fingerprint.partition(".")[0]
