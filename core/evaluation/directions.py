"""The directions along which features vary."""

import numpy as np
import torch


def principal_directions(centred: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of features around their mean, float64 [N, D]: their variances, greatest first, float64 [D],
    and the directions of these as columns, float64 [D, D]. An eigenvector's sign is chance.

    By torch, which keeps to the threads that this thread may use: NumPy's own wait for each other
    ten times as long as they compute where other work holds a core.
    """
    covariance = torch.from_numpy(centred.T @ centred / len(centred))
    variances, directions = torch.linalg.eigh(covariance)
    return variances.numpy()[::-1], directions.numpy()[:, ::-1]
