"""Where one network mends what another one gets wrong, and where it breaks what that gets right."""

from dataclasses import dataclass

import numpy as np

from core.comparison.answers import Answers
from core.evaluation.metrics import counted

OUTCOMES = ("both right", "only B right", "only A right", "both wrong")
"""What can come of an image, by how it is called."""


@dataclass(frozen=True)
class Difference:
    """`b` against `a`, cell by cell; all are int64 [classes, classes], true classes in rows.

    change: images in the cell of B's confusion matrix minus those in A's
    mends: of the images that either puts in the cell, those that A gets wrong and B right
    breaks: those that A gets right and B wrong
    """

    change: np.ndarray
    mends: np.ndarray
    breaks: np.ndarray

    @property
    def better(self) -> np.ndarray:
        """Where B is the better one: more hits on the diagonal, fewer mistakes beside it, bool."""
        return np.where(np.eye(len(self.change), dtype=bool), self.change > 0, self.change < 0)


def difference(a: Answers, b: Answers) -> Difference:
    """Both about the same images."""
    mended, broken = b.right & ~a.right, a.right & ~b.right
    return Difference(b.matrix() - a.matrix(), _cells(a, b, mended), _cells(a, b, broken))


def outcomes(a: Answers, b: Answers) -> np.ndarray:
    """Which of OUTCOMES came of each image, int64 [N]."""
    return np.select(
        [a.right & b.right, ~a.right & b.right, a.right & ~b.right], [0, 1, 2], default=3
    )


def in_cell(a: Answers, b: Answers, true: int, predicted: int) -> np.ndarray:
    """The images of a class that A or B takes for another, or recognises: bool [N]."""
    says = (a.predicted == predicted) | (b.predicted == predicted)
    return (a.questions.labels == true) & says


def _cells(a: Answers, b: Answers, chosen: np.ndarray) -> np.ndarray:
    """How many of the `chosen` images (bool [N]) lie in each cell; where A and B differ, an image
    is in the cell of each."""
    classes = len(a.questions.classes)
    labels = a.questions.labels[chosen]
    by_a, by_b = (counted(labels, one.predicted[chosen], classes) for one in (a, b))
    return by_a + by_b
