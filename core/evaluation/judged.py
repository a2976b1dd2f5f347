"""Accuracy once people have looked at the labels."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.evaluation.metrics import wilson_interval
from core.runs.judgements import Verdict


@dataclass(frozen=True)
class Accuracy:
    """So many correct of `total` images."""

    correct: int
    total: int

    @property
    def share(self) -> float:
        """0 to 1; NaN without images."""
        return self.correct / self.total if self.total else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Of the share, at 95 % (Wilson), 0 to 1."""
        return wilson_interval(self.correct, self.total)


@dataclass(frozen=True)
class Judged:
    """raw: on all images; not_wrong: without those whose label was judged wrong; clear: without
    those that were judged unclear, either."""

    raw: Accuracy
    not_wrong: Accuracy
    clear: Accuracy


def judged_accuracy(right: np.ndarray, verdicts: Mapping[int, Verdict]) -> Judged:
    """right: bool [N], whether the network's answer is the label; verdicts: by image number"""
    wrong, unclear = (
        np.isin(np.arange(len(right)), [i for i, said in verdicts.items() if said == verdict])
        for verdict in ("wrong", "unclear")
    )

    def over(images: np.ndarray) -> Accuracy:
        return Accuracy(int(right[images].sum()), int(images.sum()))

    return Judged(over(np.ones(len(right), bool)), over(~wrong), over(~wrong & ~unclear))
