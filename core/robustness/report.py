"""What corruptions, shifts and attacks leave of an accuracy, kept beside the checkpoint."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.data.dataset import same_data
from core.errors import ConvscopeError
from core.files import delete, write_with
from core.robustness.attack import EPSILONS
from core.robustness.corruptions import CORRUPTIONS, SEVERITIES
from core.robustness.shifts import DIRECTIONS, DISTANCES
from core.runs.checkpoint import load_card, weights_hash

MAX_BYTES = 100_000  # of a stored report; whole ones have 3,000

Count = Annotated[int, Field(ge=0)]
OfSeverities = Annotated[tuple[Count, ...], Field(min_length=len(SEVERITIES), max_length=5)]
OfDistances = Annotated[tuple[Count, ...], Field(min_length=len(DISTANCES), max_length=4)]
OfEpsilons = Annotated[tuple[Count, ...], Field(min_length=len(EPSILONS), max_length=5)]


class Shifts(BaseModel):
    """right: by direction, images answered rightly at each of DISTANCES; same: by direction, those
    answered alike at one pixel as where they are, rightly or not"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    right: dict[str, OfDistances]
    same: dict[str, Count]

    @model_validator(mode="after")
    def _of_all_directions(self) -> Self:
        if not self.right.keys() == self.same.keys() == DIRECTIONS.keys():
            raise ValueError("these are not the eight directions")
        return self


class RobustnessReport(BaseModel):
    """How many of the first `images` test images, in an order that takes each class in turn, are
    answered rightly: as they are (`clean`), by corruption at each severity, shifted, and attacked
    with each of EPSILONS.

    weights, data: hash and fingerprint of what this is of
    seed: of all that is drawn

    One that broke off lacks what comes last.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: str
    data: str
    images: int = Field(ge=1)
    seed: int = Field(ge=0)
    clean: Count
    corruptions: dict[str, OfSeverities] = {}
    shifts: Shifts | None = None
    attacked: OfEpsilons | None = None

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not self.corruptions.keys() <= CORRUPTIONS.keys():
            raise ValueError("a corruption is none of ours")
        if max(self._counts()) > self.images:
            raise ValueError("more answers than images")
        return self

    def _counts(self) -> Iterator[int]:
        yield self.clean
        for counts in self.corruptions.values():
            yield from counts
        if self.shifts:
            yield from self.shifts.same.values()
            for counts in self.shifts.right.values():
                yield from counts
        yield from self.attacked or ()

    @property
    def complete(self) -> bool:
        parts = self.shifts is not None and self.attacked is not None
        return parts and self.corruptions.keys() == CORRUPTIONS.keys()

    def accuracy(self, corruption: str) -> np.ndarray:
        """float64 [5], 0 to 1: one a severity."""
        return np.array(self.corruptions[corruption]) / self.images

    @property
    def mean_accuracy(self) -> np.ndarray:
        """float64 [5], 0 to 1: by severity, over the 15 corruptions that count."""
        counted = [name for name, corruption in CORRUPTIONS.items() if not corruption.extra]
        return np.mean([self.accuracy(name) for name in counted], axis=0)

    @property
    def mean_corruption_error(self) -> float:
        """0 to 1: the mean error over 15 corruptions and 5 severities, divided by no other
        network's, as it is usual for CIFAR-10-C."""
        return 1 - float(self.mean_accuracy.mean())

    @property
    def consistency(self) -> float:
        """0 to 1: the share of images whose answer stays the same when they are shifted by one
        pixel, averaged over the directions. Of a complete report."""
        assert self.shifts is not None
        return float(np.mean(list(self.shifts.same.values()))) / self.images


def report_path(checkpoint: Path, part: bool = False) -> Path:
    """Where it is kept; one that is not complete yet apart, so that it replaces no whole one."""
    kind = "robustness-part" if part else "robustness"
    return checkpoint.with_name(f"{checkpoint.stem}.{kind}.json")


def save_report(checkpoint: Path, report: RobustnessReport) -> None:
    """Keep it beside the checkpoint. Raises ConvscopeError when it cannot be written."""
    path = report_path(checkpoint, part=not report.complete)
    write_with(checkpoint, path, report.model_dump_json().encode())
    if report.complete:
        delete(report_path(checkpoint, part=True))


def stored_report(checkpoint: Path, part: bool = False) -> RobustnessReport | None:
    """What is kept of just these weights, complete, or in part; None when there is nothing, when it
    is damaged, or of something else. Raises ConvscopeError as `load_checkpoint`."""
    card, weights = load_card(checkpoint), weights_hash(checkpoint)
    try:
        with report_path(checkpoint, part).open("rb") as file:
            report = RobustnessReport.model_validate_json(file.read(MAX_BYTES))
    except (OSError, ValidationError):
        return None
    of_these = report.weights == weights and same_data(report.data, card.data_fingerprint)
    return report if of_these and report.complete != part else None


def ensure_some(images: int) -> None:
    """Raises ConvscopeError for a number of images that measures nothing."""
    if images < 1:
        raise ConvscopeError(f"Of {images} images nothing can be measured; take 1,000 or so.")
