"""A map of images: their features in two dimensions, where neighbours stay neighbours.

PCA to 50 dimensions, then t-SNE (van der Maaten & Hinton 2008; with Barnes-Hut, van der Maaten
2014).
"""

import numpy as np

from core.data.pictures import Report, silent
from core.evaluation.directions import principal_directions

DIMENSIONS = 50  # that PCA leaves
PERPLEXITY = 30.0
ROUNDS = 3  # of 250 iterations, the fewest that scikit-learn makes at once
ITERATIONS = 250
EXAGGERATION = 12.0  # of attraction, in the first round alone
ANGLE = 0.8  # under which Barnes-Hut takes distant points together; twice as fast as 0.5
LEAST = 8  # images; fewer make no map


def embedded(features: np.ndarray, seed: int = 0, report: Report = silent) -> np.ndarray:
    """Features float32 [N, D] to points float32 [N, 2], around 0 and at most 1 from it along either
    axis; all at 0 where there are fewer than 8.

    `report` is asked between the rounds, and may break off there. The same features and seed give
    the same points on one machine, whatever else draws random numbers.
    """
    if len(features) < LEAST:
        return np.zeros((len(features), 2), dtype=np.float32)
    report("Finding the directions that vary most (PCA)", 0.0)
    reduced = principal_components(features)
    points = 1e-4 * reduced[:, :2] / max(reduced[:, 0].std(), 1e-9)
    for number in range(ROUNDS):
        report(f"Arranging neighbours (t-SNE, round {number + 1} of {ROUNDS})", number / ROUNDS)
        points = _arranged(reduced, points, EXAGGERATION if number == 0 else 1.0, seed)
    points = points - (points.max(axis=0) + points.min(axis=0)) / 2
    return (points / max(np.abs(points).max(), 1e-9)).astype(np.float32)


def principal_components(features: np.ndarray) -> np.ndarray:
    """The coordinates along the 50 directions of greatest variance: float32 [N, D] to float32
    [N, 50], with zeros where there are fewer directions.

    Features keep their scale: one that hardly varies says little to the network, too.
    """
    centred = (features - features.mean(axis=0)).astype(np.float64)
    kept = principal_directions(centred)[1][:, :DIMENSIONS]
    # An eigenvector's sign is chance; the largest entry of each shall be positive.
    kept = kept * np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(kept.shape[1])])
    reduced = np.zeros((len(features), DIMENSIONS), dtype=np.float32)
    reduced[:, : kept.shape[1]] = centred @ kept
    return reduced


def _arranged(
    reduced: np.ndarray, points: np.ndarray, exaggeration: float, seed: int
) -> np.ndarray:
    """One round of t-SNE from where the points are."""
    from sklearn.manifold import TSNE  # takes seconds to import

    tsne = TSNE(
        init=points.astype(np.float32),  # pyright: ignore[reportArgumentType]
        perplexity=min(PERPLEXITY, (len(points) - 1) / 3),
        early_exaggeration=exaggeration,
        max_iter=ITERATIONS,
        angle=ANGLE,
        random_state=seed,
    )
    return tsne.fit_transform(reduced)
