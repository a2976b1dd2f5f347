"""How good the probabilities are: what is scored by each of them, not by the highest alone.

`logits` are float32 [N, classes], `labels` int64 [N]; probabilities are the softmax of the logits
divided by a temperature.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import log_softmax, softmax

from core.evaluation.calibration import (
    Estimate,
    classwise_calibration_error,
    expected_calibration_error,
    sweep_calibration_error,
)


@dataclass(frozen=True)
class Scores:
    """Of a network at one temperature; of each the lower the better.

    gap: between confidence and accuracy, by the sweep estimator
    usual_gap: the same as others report it (ECE, 15 bins of equal width)
    classwise_gap: mean over the classes that have images
    brier: 0 to 2; likelihood: negative logarithm (nats)
    """

    temperature: float
    gap: Estimate
    usual_gap: float
    classwise_gap: float
    brier: float
    likelihood: float


def scores(logits: np.ndarray, labels: np.ndarray, temperature: float) -> Scores:
    """All of them, for at least one image."""
    said = logits, labels, temperature
    return Scores(
        temperature,
        gap=sweep_calibration_error(*said),
        usual_gap=expected_calibration_error(*said),
        classwise_gap=float(np.nanmean(classwise_calibration_error(*said))),
        brier=brier_score(*said),
        likelihood=negative_log_likelihood(*said),
    )


def brier_score(logits: np.ndarray, labels: np.ndarray, temperature: float) -> float:
    """Mean over images of the squared distance between probabilities and truth: 0 (sure and right)
    to 2 (sure and wrong). Brier 1950, Verification of Forecasts Expressed in Terms of Probability.
    """
    probabilities = softmax(logits.astype(np.float64) / temperature, axis=1)
    truth = np.eye(logits.shape[1])[labels]
    return float(((probabilities - truth) ** 2).sum(axis=1).mean())


def negative_log_likelihood(logits: np.ndarray, labels: np.ndarray, temperature: float) -> float:
    """Mean over images of -log of the true class's probability, in nats: 0 or more."""
    likelihood = log_softmax(logits.astype(np.float64) / temperature, axis=1)
    return float(-likelihood[np.arange(len(labels)), labels].mean())
