"""Does the network's confidence mean what it says? Guo et al. 2017, On Calibration of Modern
Neural Networks.

`logits` are float32 [N, classes], `labels` int64 [N]; confidence is the probability of the
predicted class at the given temperature.

Two estimates of the same gap stand here. The usual one (ECE, bins of equal width) is what others
report, but finds a gap in an honest network, too, and the more the fewer images there are. The
sweep (Roelofs et al. 2022, Mitigating Bias in Calibration Error Estimation) has less of that bias
in the same unit; their debiased estimator has less still, but is a root of squares, which cannot be
read beside the usual one.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar, root_scalar
from scipy.special import log_softmax, softmax

from core.evaluation.metrics import share, wilson_interval

COLDEST, HOTTEST = 0.05, 20.0
RESAMPLES = 1000
LEAST_IMAGES, LEAST_IN_A_BIN = 100, 5  # that an interval needs
AT_ONCE = 1_000_000  # draws held in memory
MOST = 10.0  # times the gaps tried, which no interval goes beyond
MOST_BINS = 1000  # of a sweep; more change nothing but the time it takes


class Estimate(NamedTuple):
    """A figure and its 95 % interval, low to high; None where too little is known for one."""

    value: float
    interval: tuple[float, float] | None


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature that makes `labels` most likely (Guo et al. 2017, section 4.2).

    Fit it on validation images, never on the test set. The loss has one minimum over the logarithm
    of the temperature; the search stays within 0.05 to 20, so that a network without a single
    error, or one that knows nothing, still gets a usable value.
    """
    scores = logits.astype(np.float64)
    rows = np.arange(len(labels))

    def loss(log_temperature: float) -> float:
        return -log_softmax(scores / np.exp(log_temperature), axis=1)[rows, labels].mean()

    best = minimize_scalar(loss, bounds=(np.log(COLDEST), np.log(HOTTEST)), method="bounded")
    return float(np.exp(best.x))


def reliability(
    logits: np.ndarray, labels: np.ndarray, temperature: float, bins: int = 15
) -> pd.DataFrame:
    """Confidence beside accuracy, in bins of equal width (Guo et al. 2017, section 2).

    One row a bin from low confidence to high. Columns: low, high (the bin's edges, the upper one
    belongs to it), count, confidence (mean), accuracy, accuracy_low, accuracy_high (95 %
    interval), all shares 0 to 1; an empty bin has NaN for confidence and accuracy.
    """
    probabilities = softmax(logits.astype(np.float64) / temperature, axis=1)
    confidence = probabilities.max(axis=1)
    correct = logits.argmax(axis=1) == labels
    edges = np.linspace(0, 1, bins + 1)
    bin_of = np.clip(np.searchsorted(edges, confidence) - 1, 0, bins - 1)
    count = np.bincount(bin_of, minlength=bins)
    right = np.bincount(bin_of[correct], minlength=bins)
    pairs = zip(right.tolist(), count.tolist(), strict=True)
    intervals = [wilson_interval(hits, images) for hits, images in pairs]
    return pd.DataFrame(
        {
            "low": edges[:-1],
            "high": edges[1:],
            "count": count,
            "confidence": share(np.bincount(bin_of, confidence, minlength=bins), count),
            "accuracy": share(right, count),
            "accuracy_low": [low for low, _ in intervals],
            "accuracy_high": [high for _, high in intervals],
        }
    )


def expected_calibration_error(
    logits: np.ndarray, labels: np.ndarray, temperature: float, bins: int = 15
) -> float:
    """How far confidence and accuracy lie apart, averaged over images: 0 (honest) to 1.

    Guo et al. 2017, equation 3.
    """
    table = reliability(logits, labels, temperature, bins)
    gaps = np.abs(table["accuracy"].to_numpy() - table["confidence"].to_numpy())
    return float(np.nansum(gaps * table["count"].to_numpy()) / len(labels))


def sweep_calibration_error(
    logits: np.ndarray, labels: np.ndarray, temperature: float, resamples: int = RESAMPLES
) -> Estimate:
    """How far confidence and accuracy lie apart, 0 to 1, in bins that hold equally many images: as
    many bins as leave accuracy rising from each to the next (Roelofs et al. 2022, algorithm 1).

    The interval is that of a bootstrap test turned round (Carpenter 1999, Test inversion bootstrap
    confidence intervals): every gap with which one as large as this is found neither more seldom
    than in 2.5 % of draws nor one as small. Chance alone makes gaps: a plain bootstrap adds it to
    those found, which hold it already, and so leaves out 0 for many an honest network. The gaps
    tried are those found, made smaller or larger; where a bin's is less than its standard error,
    that. One found smaller than what chance alone makes in half of the draws is taken for such a
    one, as it would promise too much (Cowan et al. 2011, Power-constrained limits).

    There is none of fewer than 100 images, nor where a bin holds fewer than five, as it does where
    there are next to no mistakes: too little to draw anew from.
    """
    gap, edges = _sweep(logits, labels, temperature)
    sizes = np.diff(edges)
    gaps = np.add.reduceat(gap, edges[:-1]) / sizes
    found = float(np.abs(gaps) @ sizes / len(gap))
    if len(gap) < LEAST_IMAGES or sizes.min() < LEAST_IN_A_BIN:
        return Estimate(found, None)
    chance = _chance(gap - np.repeat(gaps, sizes), edges, resamples)
    tried = np.copysign(np.maximum(np.abs(gaps), chance.std(axis=0)), gaps)

    def quantile(scale: float, share: float) -> float:
        return float(np.quantile(np.abs(scale * tried + chance) @ sizes / len(gap), share))

    unit = float(np.abs(tried) @ sizes / len(gap))
    believed = max(found, quantile(0, 0.5))
    low = unit * _least(lambda scale: quantile(scale, 0.975) - found)
    high = unit * _least(lambda scale: quantile(scale, 0.025) - believed)
    return Estimate(found, (low, max(high, found)))


def _least(rise: Callable[[float], float]) -> float:
    """The scale from which on a function that rises with it is not negative: 0 to MOST."""
    return 0.0 if rise(0) >= 0 else float(root_scalar(rise, bracket=(0, MOST), xtol=1e-3).root)


def classwise_calibration_error(
    logits: np.ndarray, labels: np.ndarray, temperature: float, bins: int = 15
) -> np.ndarray:
    """For each class, how far the probability given to it and its share lie apart, over all images.

    Returns float64 [classes], 0 to 1, NaN for a class without images; their mean is the classwise
    ECE (Kull et al. 2019, Beyond Temperature Scaling, section 2).
    """
    images, classes = logits.shape
    probabilities = softmax(logits.astype(np.float64) / temperature, axis=1)
    bin_of = np.clip(np.ceil(probabilities * bins).astype(int) - 1, 0, bins - 1)
    gap = np.eye(classes)[labels] - probabilities
    place = bin_of + bins * np.arange(classes)
    sums = np.bincount(place.ravel(), gap.ravel(), minlength=bins * classes)
    errors = np.abs(sums.reshape(classes, bins)).sum(axis=1) / images
    errors[np.bincount(labels, minlength=classes) == 0] = np.nan
    return errors


def _sweep(
    logits: np.ndarray, labels: np.ndarray, temperature: float
) -> tuple[np.ndarray, np.ndarray]:
    """Right (1 or 0) less confidence, [N] from unsure to sure, and where bins begin and end."""
    confidence = softmax(logits.astype(np.float64) / temperature, axis=1).max(axis=1)
    order = np.argsort(confidence, kind="stable")
    right = (logits.argmax(axis=1) == labels)[order].astype(np.float64)
    until = np.concatenate([[0.0], right.cumsum()])
    edges = np.array([0, len(right)])
    for bins in range(2, min(len(right), MOST_BINS) + 1):
        finer = np.arange(bins + 1) * len(right) // bins
        accuracy = np.diff(until[finer]) / np.diff(finer)
        if (np.diff(accuracy) < 0).any():
            break
        edges = finer
    return right - confidence[order], edges


def _chance(gap: np.ndarray, edges: np.ndarray, resamples: int) -> np.ndarray:
    """What chance adds to the gap of each bin: float64 [resamples, bins], drawn by a generator
    of its own from the images in it, whose `gap` has the mean 0 there."""
    draw = np.random.default_rng(0)

    def means(values: np.ndarray) -> np.ndarray:
        few = max(1, AT_ONCE // len(values))
        shapes = [(min(few, resamples - done), len(values)) for done in range(0, resamples, few)]
        return np.concatenate([draw.choice(values, shape).mean(axis=1) for shape in shapes])

    drawn = [means(gap[first:last]) for first, last in pairwise(edges)]
    sizes = np.diff(edges)
    # Around a mean that was found in them values vary by so much less than around the true one.
    return np.stack(drawn, axis=1) * np.sqrt(sizes / (sizes - 1))
