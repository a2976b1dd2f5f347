"""A network under corruptions, shifts and attack: what a report is made of."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from core.data.dataset import Dataset
from core.data.pictures import Report, silent
from core.errors import ConvscopeError
from core.models.network import Network
from core.robustness.attack import EPSILONS, right_under_attack
from core.robustness.corruptions import CORRUPTIONS, SEVERITIES, corrupt
from core.robustness.report import (
    RobustnessReport,
    Shifts,
    ensure_some,
    save_report,
    stored_report,
)
from core.robustness.shifts import DIRECTIONS, DISTANCES, shifted
from core.runs.checkpoint import load_checkpoint

IMAGES = 1000
SEED = 0
# In times that the network runs over all images, for progress and for what is told beforehand; an
# attack ends early for most images, so that its share is as found with the networks that ship.
CORRUPTION_COST, SHIFTS_COST, ATTACK_COST = len(SEVERITIES), len(DIRECTIONS) * len(DISTANCES), 30
TOTAL_COST = 1 + len(CORRUPTIONS) * CORRUPTION_COST + SHIFTS_COST + ATTACK_COST


def robustness_of(
    checkpoint: Path,
    load_data: Callable[[], Dataset],
    images: int = IMAGES,
    device: torch.device | None = None,
    report: Report = silent,
) -> RobustnessReport:
    """The report of a checkpoint on its first `images` test images, or on all where there are
    fewer: from disk, where one of as many or more is stored, else computed and stored.

    What is done is stored part by part, so that what was broken off goes on. `load_data` is called
    only when something must be computed. Raises ConvscopeError when the checkpoint or the data
    cannot be read, when the network was trained on other data, or for less than one image.
    """
    ensure_some(images)
    kept = stored_report(checkpoint)
    if kept is not None and kept.images >= images:
        return kept
    trained, data = load_checkpoint(checkpoint), load_data()
    trained.card.ensure_trained_on(data)
    chosen = balanced(data.test.labels)[:images]
    if kept is not None and kept.images == len(chosen):
        return kept
    part = stored_report(checkpoint, part=True)
    if part is not None and part.images != len(chosen):
        part = None
    network = trained.network(device)
    if network.classes != data.classes:
        raise ConvscopeError(
            f"This network knows other classes than {data.name} has; measure it on the data set "
            "that it was trained on."
        )
    measuring = _Measuring(network, data.test.images[chosen], data.test.labels[chosen], report)
    found = part or RobustnessReport(
        weights=trained.weights_hash,
        data=data.fingerprint,
        images=len(chosen),
        seed=SEED,
        clean=measuring.clean(),
    )

    def add(**part: object) -> None:
        nonlocal found
        found = found.model_copy(update=part)
        save_report(checkpoint, found)

    for name in [name for name in CORRUPTIONS if name not in found.corruptions]:
        add(corruptions=found.corruptions | {name: measuring.corrupted(name)})
    if found.shifts is None:
        add(shifts=measuring.shifts())
    if found.attacked is None:
        add(attacked=measuring.attacked())
    return found


def balanced(labels: Tensor) -> Tensor:
    """int64 [N]: all indices, the first image of each class, then the second of each, and so on, so
    that any first few of them are of all classes alike."""
    numbers = labels.cpu().numpy()
    by_class = np.argsort(numbers, kind="stable")
    first = np.searchsorted(numbers[by_class], numbers[by_class])
    rank = np.arange(len(numbers)) - first
    return torch.from_numpy(by_class[np.lexsort((numbers[by_class], rank))])


class _Measuring:
    """One network on the same images, over and over; `report` hears of every batch."""

    def __init__(self, network: Network, images: Tensor, labels: Tensor, report: Report) -> None:
        self._network, self._report = network, report
        self._images, self._labels = images.to(network.device), labels.cpu()
        self._clean = self._answered(self._images, 0, "As they are")

    def clean(self) -> int:
        return self._right(self._clean)

    def corrupted(self, name: str) -> tuple[int, ...]:
        """Right answers, by severity."""
        place = 1 + list(CORRUPTIONS).index(name) * CORRUPTION_COST
        doing = f"Under {CORRUPTIONS[name].title.lower()}"
        return tuple(
            self._right(self._answered(corrupt(self._images, name, severity, SEED), place, doing))
            for place, severity in enumerate(SEVERITIES, place)
        )

    def shifts(self) -> Shifts:
        place = TOTAL_COST - ATTACK_COST - SHIFTS_COST
        right: dict[str, list[int]] = {}
        same: dict[str, int] = {}
        for name, (down, across) in DIRECTIONS.items():
            right[name] = []
            for pixels in DISTANCES:
                moved = shifted(self._images, pixels * down, pixels * across)
                answers = self._answered(moved, place, f"Shifted {name}")
                right[name].append(self._right(answers))
                if pixels == 1:
                    same[name] = int((answers == self._clean).sum())
                place += 1
        return Shifts(right={name: tuple(counts) for name, counts in right.items()}, same=same)

    def attacked(self) -> tuple[int, ...]:
        """Right answers, by epsilon: what a smaller one changes, a larger one may change as well,
        so only those that are left are attacked again."""
        left = (self._clean == self._labels).nonzero()[:, 0]
        counts = [len(left)]
        start = TOTAL_COST - ATTACK_COST
        for number, levels in enumerate(EPSILONS[1:]):
            if len(left):
                each = ATTACK_COST / (len(EPSILONS) - 1)
                report = self._from(start + number * each, each)
                kept = right_under_attack(
                    self._network,
                    self._images[left.to(self._images.device)],
                    self._labels[left],
                    levels,
                    seed=SEED,
                    report=report,
                )
                left = left[kept]
            counts.append(len(left))
        return tuple(counts)

    def _answered(self, images: Tensor, place: float, doing: str) -> Tensor:
        return self._network.logits(images, report=self._from(place, 1, doing)).argmax(1)

    def _right(self, answers: Tensor) -> int:
        return int((answers == self._labels).sum())

    def _from(self, place: float, cost: float, doing: str = "Attacking") -> Report:
        """A report of what makes `cost` of the whole after `place`."""
        return lambda _what, share: self._report(doing, (place + cost * share) / TOTAL_COST)
