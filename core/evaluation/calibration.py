"""Does the network's confidence mean what it says? Guo et al. 2017, On Calibration of Modern
Neural Networks.

`logits` are float32 [N, classes], `labels` int64 [N]; confidence is the probability of the
predicted class at the given temperature.
"""

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from core.evaluation.metrics import share, wilson_interval

COLDEST, HOTTEST = 0.05, 20.0


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
