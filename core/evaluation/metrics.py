"""What a network gets right and wrong: pure functions of its logits and the true labels.

Everywhere `logits` are float32 [N, classes], the scores before softmax, and `labels` int64 [N].
The predicted class is the highest score; of equal scores the class that comes first.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import log_softmax

By = Literal["count", "true", "predicted"]


def confusion_matrix(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Images by true class (rows) and predicted class (columns): int64 [classes, classes]."""
    return counted(labels, logits.argmax(axis=1), logits.shape[1])


def counted(rows: np.ndarray, columns: np.ndarray, classes: int) -> np.ndarray:
    """How often each pair of classes stands in two lists, int64 [N]: int64 [classes, classes]."""
    cells = rows * classes + columns
    return np.bincount(cells, minlength=classes**2).reshape(classes, classes)


def normalise(matrix: np.ndarray, by: By) -> np.ndarray:
    """The matrix as counts, as shares of each true class, or as shares of each predicted class.

    Returns float64 of the same shape; a class without images has the share 0 everywhere.
    """
    if by == "count":
        return matrix.astype(np.float64)
    totals = matrix.sum(axis=1 if by == "true" else 0, keepdims=True)
    return np.nan_to_num(share(matrix, totals))


def per_class(matrix: np.ndarray, classes: Sequence[str]) -> pd.DataFrame:
    """Precision, recall and F1 of every class, in the order of the classes.

    Columns: class, precision, recall, f1 (0 to 1), support (images of the class). What is not
    defined is NaN: the precision of a class never predicted, the recall of one without images.
    """
    correct, true, predicted = matrix.diagonal(), matrix.sum(axis=1), matrix.sum(axis=0)
    return pd.DataFrame(
        {
            "class": list(classes),
            "precision": share(correct, predicted),
            "recall": share(correct, true),
            "f1": share(2 * correct, true + predicted),
            "support": true,
        }
    )


def top_k_accuracy(logits: np.ndarray, labels: np.ndarray, k: int) -> float:
    """Share of images whose true class is among the k highest scores, 0 to 1."""
    ranked = np.argsort(-logits, axis=1, kind="stable")
    return float((ranked[:, :k] == labels[:, None]).any(axis=1).mean())


def most_confused(matrix: np.ndarray, classes: Sequence[str], n: int) -> pd.DataFrame:
    """The n cells off the diagonal with the most images, the largest first; empty cells left out.

    Columns: true, predicted (class names), count, share (of the images of the true class).
    """
    shares = normalise(matrix, "true")
    pairs = [(t, p) for t, p in np.argwhere(matrix) if t != p]
    pairs.sort(key=lambda pair: -matrix[pair])
    rows = [(classes[t], classes[p], int(matrix[t, p]), shares[t, p]) for t, p in pairs[:n]]
    return pd.DataFrame(rows, columns=["true", "predicted", "count", "share"])


def judged(logits: np.ndarray, labels: np.ndarray, temperature: float) -> pd.DataFrame:
    """What is said of each image, in their order.

    Columns: index (into `labels`), true, predicted (numbers of classes), confidence (calibrated
    probability of the predicted class), true_probability (of the true class), both 0 to 1, and loss
    (the latter's negative logarithm, in nats).
    """
    likelihood = log_softmax(logits / temperature, axis=1)
    rows, predicted = np.arange(len(labels)), logits.argmax(axis=1)
    return pd.DataFrame(
        {
            "index": rows,
            "true": labels,
            "predicted": predicted,
            "confidence": np.exp(likelihood[rows, predicted]),
            "true_probability": np.exp(likelihood[rows, labels]),
            "loss": -likelihood[rows, labels],
        }
    )


def cell(
    logits: np.ndarray, labels: np.ndarray, true: int, predicted: int, temperature: float
) -> pd.DataFrame:
    """The images in one cell of the confusion matrix, the most confident first; columns as
    `judged`."""
    inside = (labels == true) & (logits.argmax(axis=1) == predicted)
    frame = judged(logits[inside], labels[inside], temperature)
    frame["index"] = np.flatnonzero(inside)
    return frame.sort_values("confidence", ascending=False, kind="stable", ignore_index=True)


def surest_mistakes(logits: np.ndarray, labels: np.ndarray, temperature: float) -> pd.DataFrame:
    """The images that are taken for another class, the most confident first; columns as
    `judged`."""
    frame = judged(logits, labels, temperature)
    wrong = frame[frame["true"] != frame["predicted"]]
    return wrong.sort_values("confidence", ascending=False, kind="stable", ignore_index=True)


def top_losses(logits: np.ndarray, labels: np.ndarray, temperature: float) -> pd.DataFrame:
    """All images, those whose true class is least likely first; columns as `judged`."""
    frame = judged(logits, labels, temperature)
    return frame.sort_values("loss", ascending=False, kind="stable", ignore_index=True)


def wilson_interval(correct: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927): (low, high), 0 to 1.

    It says how far an accuracy may be off for the number of images it was measured on; without
    images it is (0, 1).
    """
    if total == 0:
        return 0.0, 1.0
    from scipy.stats import binomtest  # takes a second to import

    interval = binomtest(correct, total).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


def share(part: np.ndarray, total: np.ndarray) -> np.ndarray:
    """part / total, element by element, broadcast; NaN where the total is 0."""
    undefined = np.full(np.broadcast_shapes(part.shape, total.shape), np.nan)
    return np.divide(part, total, out=undefined, where=total > 0)
