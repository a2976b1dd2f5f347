"""One class against the rest: precision-recall and ROC curves, and their areas.

`probability` is float [N], how likely each image is of the class; `true` bool [N], whether it is.
What is not defined is NaN: everything for a class without images, and the ROC where there are no
others.
"""

from typing import NamedTuple

import numpy as np

from core.evaluation.metrics import share

STEPS = 250  # across a drawing; finer is not seen


class Curve(NamedTuple):
    """x, y: float64 [points], 0 to 1; area: 0 to 1."""

    x: np.ndarray
    y: np.ndarray
    area: float


def precision_recall(probability: np.ndarray, true: np.ndarray) -> Curve:
    """Precision (y) over recall (x), recall rising; the area is the average precision: the mean of
    precision weighted by how much recall each step gains."""
    hits, false = _counted(probability, true)
    recall, precision = share(hits, true.sum()), share(hits, hits + false)
    area = float((np.diff(recall, prepend=0.0) * precision).sum())
    return Curve(np.append(0.0, recall), np.append(precision[:1], precision), area)


def receiver_operating(probability: np.ndarray, true: np.ndarray) -> Curve:
    """True positive rate (y) over false positive rate (x); the area (AUROC) is the chance that an
    image of the class is ranked above another one, equal ranks counting half."""
    hits, false = _counted(probability, true)
    x = np.append(0.0, share(false, (~true).sum()))
    y = np.append(0.0, share(hits, true.sum()))
    return Curve(x, y, float(np.trapezoid(y, x)))


def thinned(curve: Curve) -> Curve:
    """With no more points than a drawing shows: the first in each place, and the last of all."""
    places = np.stack([curve.x, curve.y], axis=1)
    moved = (np.diff(np.round(places * STEPS), axis=0) != 0).any(axis=1)
    kept = np.concatenate([[True], moved])
    kept[-1] = True
    return Curve(curve.x[kept], curve.y[kept], curve.area)


def _counted(probability: np.ndarray, true: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Images of the class, and others, among all that are at least as likely as each different
    probability, from the highest on."""
    order = np.argsort(-probability, kind="stable")
    last = np.append(np.diff(probability[order]) != 0, True)
    hits = true[order].cumsum()[last]
    return hits, np.flatnonzero(last) + 1 - hits
