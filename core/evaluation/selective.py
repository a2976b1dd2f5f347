"""Answering only where the network is sure: accuracy against coverage.

`logits` are float32 [N, classes], `labels` int64 [N]; a score is float64 [N], high where the
network is sure; `right` is bool [N]. Coverage is the share of images that are answered, risk the
share of wrong answers among them. Of images with the same score each is as likely as the other to
be refused first.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import softmax

from core.evaluation.metrics import wilson_interval

Ranking = Literal["softmax", "normalised", "margin"]
NORMS = tuple(range(1, 11))


def rankings(
    logits: np.ndarray, temperature: float, norm: int | None = None
) -> dict[Ranking, np.ndarray]:
    """Scores by which images can be refused; `normalised` where there is a norm.

    softmax: the probability of the predicted class, which label smoothing spoils as a ranking (Xia
    et al. 2025, Towards Understanding Why Label Smoothing Degrades Selective Classification)
    margin: how far the highest logit lies above the next one, which is how softmax ranks at a
    temperature near 0 (Liang et al. 2024, Selective Classification Under Distribution Shifts)
    """
    second, first = np.partition(logits.astype(np.float64), -2, axis=1)[:, -2:].T
    confidence = softmax(logits.astype(np.float64) / temperature, axis=1).max(axis=1)
    scores: dict[Ranking, np.ndarray] = {"softmax": confidence}
    if norm is not None:
        scores["normalised"] = normalised_logit(logits, norm)
    scores["margin"] = first - second
    return scores


def normalised_logit(logits: np.ndarray, norm: int) -> np.ndarray:
    """The highest of the logits less their mean, over their p-norm (Cattelan & Silva 2024, How to
    Fix a Broken Confidence Estimator); 0 for an image whose logits are all the same."""
    centred = logits.astype(np.float64)
    centred -= centred.mean(axis=1, keepdims=True)
    highest = np.abs(centred).max(axis=1, keepdims=True)
    centred /= np.where(highest > 0, highest, 1.0)  # powers of large logits would overflow
    length = (np.abs(centred) ** norm).sum(axis=1) ** (1 / norm)
    return centred.max(axis=1) / np.where(length > 0, length, 1.0)


def fit_norm(logits: np.ndarray, labels: np.ndarray) -> int:
    """The norm, 1 to 10, by which `normalised_logit` has the least area under risk and coverage.
    Fit it on validation images."""
    right = logits.argmax(axis=1) == labels
    return min(NORMS, key=lambda norm: area_under_risk(normalised_logit(logits, norm), right))


def best_ranking(scores: Mapping[Ranking, np.ndarray], right: np.ndarray) -> Ranking:
    """The one with the least area under risk and coverage; of equal ones the first. Choose it on
    validation images."""
    return min(scores, key=lambda name: area_under_risk(scores[name], right))


def accuracy_by_coverage(score: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Accuracy among the 1, 2, ... N surest images, expected over the order of equal scores:
    float64 [N], 0 to 1."""
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
