"""Answering only where the network is sure: accuracy against coverage.

`logits` are float32 [N, classes], `labels` int64 [N]; a score is float64 [N], high where the network
is sure. Coverage is the share of images that are answered, risk the share of wrong answers among
them. Of images with the same score each is as likely as the other to be refused first.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import softmax

from core.evaluation.metrics import wilson_interval

NORMS = tuple(range(1, 11))


def softmax_confidence(logits: np.ndarray, temperature: float) -> np.ndarray:
    """The probability of the predicted class, 0 to 1."""
    return softmax(logits.astype(np.float64) / temperature, axis=1).max(axis=1)


def normalised_logit(logits: np.ndarray, norm: int) -> np.ndarray:
    """The highest of the logits less their mean, over their p-norm (Cattelan & Silva 2024, How to
    Fix a Broken Confidence Estimator; why it mends label smoothing: Xia et al. 2025).

    0 for an image whose logits are all the same.
    """
    centred = logits.astype(np.float64)
    centred -= centred.mean(axis=1, keepdims=True)
    highest = np.abs(centred).max(axis=1, keepdims=True)
    centred /= np.where(highest > 0, highest, 1.0)  # or powers of large logits overflow
    length = (np.abs(centred) ** norm).sum(axis=1) ** (1 / norm)
    return centred.max(axis=1) / np.where(length > 0, length, 1.0)


def fit_norm(logits: np.ndarray, labels: np.ndarray, temperature: float) -> int | None:
    """The norm, 1 to 10, by which `normalised_logit` has the least area under risk and coverage;
    None where softmax confidence has less, as for two classes. Fit it on validation images."""
    right = logits.argmax(axis=1) == labels
    areas: dict[int | None, float] = {
        norm: area_under_risk(normalised_logit(logits, norm), right) for norm in NORMS
    }
    areas[None] = area_under_risk(softmax_confidence(logits, temperature), right)
    return min(areas, key=lambda norm: (areas[norm], norm is not None))


def accuracy_by_coverage(score: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Accuracy among the 1, 2, ... N surest images, expected over the order of equal scores.

    right: bool [N]. Returns float64 [N], 0 to 1.
    """
    _, group, count = np.unique(-score, return_inverse=True, return_counts=True)
    mean = np.bincount(group, right) / count
    return np.repeat(mean, count).cumsum() / np.arange(1, len(right) + 1)


def area_under_risk(score: np.ndarray, right: np.ndarray) -> float:
    """Mean risk over all coverages (AURC; Geifman et al. 2019, Bias-Reduced Uncertainty
    Estimation): 0 is best."""
    return float(1 - accuracy_by_coverage(score, right).mean())


def least_area_under_risk(right: np.ndarray) -> float:
    """The same of a score that puts every mistake last: what is above it is the ranking's fault."""
    return area_under_risk(right.astype(np.float64), right)


def answered(score: np.ndarray, right: np.ndarray, coverages: Sequence[float]) -> pd.DataFrame:
    """What is left when the least sure are refused. One row a coverage (0 to 1); columns: coverage,
    images, accuracy, low, high (95 % interval)."""
    curve, rows = accuracy_by_coverage(score, right), []
    for coverage in coverages:
        images = max(1, round(coverage * len(right)))
        accuracy = float(curve[images - 1])
        interval = wilson_interval(round(accuracy * images), images)
        rows.append((coverage, images, accuracy, *interval))
    return pd.DataFrame(rows, columns=["coverage", "images", "accuracy", "low", "high"])
