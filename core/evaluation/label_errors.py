"""Images whose label is probably wrong: by the probability of their label, and by confident
learning (Northcutt et al. 2021, arXiv:1911.00068).

Everywhere `probabilities` are float [N, classes], out of sample: of a network that was not trained
on these images, as a class that was learned by heart contradicts no label. `labels` are int64 [N],
as given.
"""

import numpy as np
import pandas as pd


def thresholds(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """How probable a class must be to count as an image's own: its mean probability over the images
    that are labelled so (section 3.1). float64 [classes]; infinite for a class without images."""
    classes = probabilities.shape[1]
    own = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    count = np.bincount(labels, minlength=classes)
    total = np.bincount(labels, own, minlength=classes)
    return np.divide(total, count, out=np.full(classes, np.inf), where=count > 0)


def confident_classes(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """What each image confidently is, by the same section: the most probable of the classes that
    reach their threshold, int64 [N]; -1 where none does."""
    reached = probabilities >= thresholds(probabilities, labels)
    best = np.where(reached, probabilities, -np.inf).argmax(axis=1)
    return np.where(reached.any(axis=1), best, -1)


def ranked(probabilities: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    """Every image, the most suspect label first: by self-confidence (Kuan and Mueller 2022,
    arXiv:2211.13895, section 3), which found more wrong labels than margins and than putting the
    confidently wrong ones first (docs/labels.md has the figures).

    Columns: index (into `labels`), given, suggested (the most probable of the other classes),
    self_confidence (the probability of the given label, 0 to 1), margin (that less the suggested
    one's, -1 to 1), confident (confidently of another class than it is labelled with).
    """
    rows = np.arange(len(labels))
    own = probabilities[rows, labels]
    others = probabilities.copy()
    others[rows, labels] = -np.inf
    suggested = others.argmax(axis=1)
    confident = confident_classes(probabilities, labels)
    frame = pd.DataFrame(
        {
            "index": rows,
            "given": labels,
            "suggested": suggested,
            "self_confidence": own,
            "margin": own - others[rows, suggested],
            "confident": (confident >= 0) & (confident != labels),
        }
    )
    return frame.sort_values("self_confidence", kind="stable", ignore_index=True)


def suspects(probabilities: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    """Those of `ranked` that the network takes for something else; none where it agrees with every
    label."""
    frame = ranked(probabilities, labels)
    return frame[frame["margin"] < 0]


def precision(order: np.ndarray, wrong: np.ndarray) -> float:
    """Share of truly wrong labels among as many of the most suspect ones as there are wrong ones, 0
    to 1.

    order: int [N], image numbers, the most suspect first; wrong: bool [N], with at least one
    """
    return float(wrong[order[: wrong.sum()]].mean())
