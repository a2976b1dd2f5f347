"""Sets of classes instead of one: the true one is missing no more often than was asked for.

Split conformal prediction (Vovk et al. 2005; Angelopoulos & Bates 2023, A Gentle Introduction) with
the least ambiguous sets (LAC; Sadinle et al. 2019): a class is in the set when its probability is
high enough, and what is enough is read off images that the network did not learn from. Adaptive sets
(APS; Romano et al. 2020) were measured beside them and left out: see docs/confidence.md.

`logits` are float32 [N, classes], `labels` int64 [N]; the promise holds for images drawn like those
that it is calibrated on, on average over all of them, not for every class.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from core.evaluation.metrics import share, wilson_interval


@dataclass(frozen=True)
class Coverage:
    """How sets did on images whose classes are known.

    reached: share of images whose class is in their set, with its 95 % interval low to high
    size: mean number of classes in a set
    sizes: images by the number of classes in their set, int64 [classes + 1], from 0
    by_class: reached for each class, float64 [classes], NaN for one without images
    """

    reached: float
    low: float
    high: float
    size: float
    sizes: np.ndarray
    by_class: np.ndarray


def fit_threshold(
    logits: np.ndarray, labels: np.ndarray, temperature: float, error: float
) -> float:
    """The least probability by which a class belongs to a set, so that the true one is missing from
    at most a share `error` (0 to 1, neither of them) of new images.

    0, which takes every class in, where there are too few images to promise that.
    """
    probabilities = softmax(logits.astype(np.float64) / temperature, axis=1)
    true = np.sort(probabilities[np.arange(len(labels)), labels])
    missed = int(np.floor((len(labels) + 1) * error))
    return float(true[missed - 1]) if missed else 0.0


def prediction_sets(logits: np.ndarray, temperature: float, threshold: float) -> np.ndarray:
    """Which classes are in the set of each image: bool [N, classes]; a set may be empty."""
    return softmax(logits.astype(np.float64) / temperature, axis=1) >= threshold


def coverage_of(sets: np.ndarray, labels: np.ndarray) -> Coverage:
    """`sets`: bool [N, classes], at least one."""
    images, classes = sets.shape
    covered = sets[np.arange(images), labels]
    sizes = sets.sum(axis=1)
    return Coverage(
        float(covered.mean()),
        *wilson_interval(int(covered.sum()), images),
        size=float(sizes.mean()),
        sizes=np.bincount(sizes, minlength=classes + 1),
        by_class=share(
            np.bincount(labels[covered], minlength=classes),
            np.bincount(labels, minlength=classes),
        ),
    )
