"""Sets of classes instead of one: the true one is missing no more often than was asked for.

Split conformal prediction (Vovk et al. 2005; Angelopoulos & Bates 2023, A Gentle Introduction) with
least ambiguous sets (LAC; Sadinle et al. 2019): a class is in the set when its probability is high
enough, and what is enough is read off images that the network did not learn from. Adaptive sets
(APS; Romano et al. 2020) need chance to be of any use, and were larger on every network measured
(docs/confidence.md); what they are wanted for, classes that are served alike, thresholds of their
own do for less.

`logits` are float32 [N, classes], `labels` int64 [N]. The promise holds for images drawn like those
that the thresholds were fitted on.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import softmax
from scipy.stats import betabinom

from core.evaluation.metrics import share, wilson_interval


@dataclass(frozen=True)
class Coverage:
    """How sets did on images whose classes are known.

    reached: share of images whose class is in their set, with its 95 % interval low to high
    size: mean number of classes in a set
    sizes: images by the number of classes in their set, int64 [classes + 1], from 0
    by_class: reached for each class, float64 [classes], NaN for one without images
    class_intervals: 95 % intervals of these: low and high, float64 [2, classes]
    """

    reached: float
    low: float
    high: float
    size: float
    sizes: np.ndarray
    by_class: np.ndarray
    class_intervals: np.ndarray


def fit_thresholds(
    logits: np.ndarray,
    labels: np.ndarray,
    temperature: float,
    error: float,
    by_class: bool = False,
) -> np.ndarray:
    """The least probability by which each class belongs to a set, so that of new images the true
    class is missing from a share `error` at most (between 0 and 1): float64 [classes].

    by_class: promise that for the images of each class, not only for all together; their thresholds
    then differ (Vovk 2012, Conditional Validity of Inductive Conformal Predictors)

    A threshold is 0, which always takes the class in, where too few images are there to promise it.
    """
    probabilities = softmax(logits.astype(np.float64) / temperature, axis=1)
    true = probabilities[np.arange(len(labels)), labels]
    classes = range(logits.shape[1])
    if by_class:
        return np.array([_threshold(true[labels == number], error) for number in classes])
    return np.full(len(classes), _threshold(true, error))


def prediction_sets(logits: np.ndarray, temperature: float, thresholds: np.ndarray) -> np.ndarray:
    """Which classes are in the set of each image: bool [N, classes]; a set may be empty."""
    return softmax(logits.astype(np.float64) / temperature, axis=1) >= thresholds


def coverage_of(sets: np.ndarray, labels: np.ndarray) -> Coverage:
    """`sets`: bool [N, classes], at least one."""
    images, classes = sets.shape
    covered = sets[np.arange(images), labels]
    sizes = sets.sum(axis=1)
    hits, of_class = (np.bincount(of, minlength=classes) for of in (labels[covered], labels))
    pairs = zip(hits.tolist(), of_class.tolist(), strict=True)
    return Coverage(
        float(covered.mean()),
        *wilson_interval(int(covered.sum()), images),
        size=float(sizes.mean()),
        sizes=np.bincount(sizes, minlength=classes + 1),
        by_class=share(hits, of_class),
        class_intervals=np.array([wilson_interval(*pair) for pair in pairs]).T,
    )


def expected_coverage(fitted_on: int, images: int, error: float) -> tuple[float, float]:
    """Between which shares, 0 to 1, the coverage of `images` new ones lies in 95 % of cases when
    the promise is kept, for a threshold fitted on `fitted_on` (Angelopoulos & Bates 2023, section
    3.2)."""
    missed = int((fitted_on + 1) * error)
    if not missed:
        return 1.0, 1.0
    low, high = betabinom.interval(0.95, images, fitted_on + 1 - missed, missed)
    return float(low) / images, float(high) / images


def _threshold(true: np.ndarray, error: float) -> float:
    """`true`: probabilities of the true class, float64 [images]."""
    missed = int((len(true) + 1) * error)
    return float(np.partition(true, missed - 1)[missed - 1]) if missed else 0.0
