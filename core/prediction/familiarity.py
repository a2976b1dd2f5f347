"""How familiar a picture is to a network: is it like what it was trained on, and like which images?

Four scores tell how strange a picture is, each at another depth of the network:

- early and middle: the distance to the nearest class's mean under one covariance for all classes
  (Lee et al. 2018, arXiv:1807.03888), in the middle between directions (Mueller & Hein 2025,
  arXiv:2505.18032), early on with their lengths, which tell how strong colours and edges are;
- late: how far the nearest training images are by the cosine (Sun et al. 2022, arXiv:2204.06507);
- logits: the energy (Liu et al. 2020, arXiv:2010.03759).

Each is the mean over the picture and its mirror image. They are standardised by validation images
and summed; a picture is unlike all that is known when its sum is above that of 95 % of these.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from scipy.special import logsumexp
from torch import Tensor

from core.data.pictures import Report, silent
from core.errors import ConvscopeError
from core.evaluation.directions import principal_directions
from core.evaluation.features import Depths, depths_of
from core.models.network import Network

FALSE_ALARMS = 0.05  # share of validation images that are taken for unlike
NEAREST = 5  # training images that the late score looks at
SHRINKAGE = 0.01  # of the mean variance, added to that of each direction
LEAST_VARIANCE = 1e-8  # of a direction; half precision has no room for what is less


@dataclass(frozen=True)
class Classes:
    """The classes' means, and how images lie around them.

    means: float32 [classes, D]
    whitening: float32 [D, D], after which images vary alike around their mean in every direction
    """

    means: np.ndarray
    whitening: np.ndarray

    @classmethod
    def of(cls, features: np.ndarray, labels: np.ndarray) -> Self:
        """From float32 [N, D] and int64 [N]; a class without images has no mean."""
        x = features.astype(np.float64)
        present, rows = np.unique(labels, return_inverse=True)
        means = np.stack([x[labels == label].mean(axis=0) for label in present])
        variances, directions = principal_directions(x - means[rows])
        variances = variances.clip(0) + SHRINKAGE * variances.mean() + LEAST_VARIANCE
        return cls(means.astype(np.float32), (directions / np.sqrt(variances)).astype(np.float32))

    def distances(self, features: np.ndarray) -> np.ndarray:
        """The logarithm of the distance to the nearest mean: float32 [N, D] to float32 [N]."""
        points, means = features @ self.whitening, self.means @ self.whitening
        squares = np.square(points[:, None] - means).sum(axis=2).min(axis=1)
        return np.log(squares.clip(1e-12)) / 2


@dataclass(frozen=True)
class Neighbours:
    """Training images by the cosine of their late features.

    centre, directions: float32 [D] and [D, 64 or fewer], to subtract from features and to reduce
        them by
    features: float32 [N, 64 or fewer], reduced, of length 1
    images, labels: int64 [N], their numbers in the training split and their classes
    """

    centre: np.ndarray
    directions: np.ndarray
    features: np.ndarray
    images: np.ndarray
    labels: np.ndarray

    def similarities(self, late: np.ndarray) -> np.ndarray:
        """The cosine with each training image: float32 [N, D] to float32 [N, images], -1 to 1."""
        return directed((late - self.centre) @ self.directions) @ self.features.T


@dataclass(frozen=True)
class Reference:
    """What a network's pictures are compared with, from training and validation images.

    means, deviations: float32 [4], of the four scores of validation images
    quantiles: float32 [101], of their standardised sums, from the least to the greatest
    """

    early: Classes
    middle: Classes
    neighbours: Neighbours
    means: np.ndarray
    deviations: np.ndarray
    quantiles: np.ndarray

    @property
    def threshold(self) -> float:
        return float(self.quantiles[round(100 * (1 - FALSE_ALARMS))])

    def strangeness(self, scores: np.ndarray) -> np.ndarray:
        """The standardised sum of float32 [N, 4]: float32 [N]."""
        return ((scores - self.means) / self.deviations).sum(axis=1)


@dataclass(frozen=True)
class Neighbour:
    """A training image: its number in the split, its class, and the cosine, -1 to 1."""

    image: int
    name: str
    similarity: float


@dataclass(frozen=True)
class Familiarity:
    """strangeness: grows with what is unfamiliar, 0 for validation images on average
    threshold: above it is what only 5 % of validation images are
    stranger_than: the share of validation images that are less strange, 0 to 1
    neighbours: the training images that it is most like to the network, the nearest first
    """

    strangeness: float
    threshold: float
    stranger_than: float
    neighbours: tuple[Neighbour, ...]

    @property
    def unlike(self) -> bool:
        return self.strangeness > self.threshold


def familiarity(
    network: Network, reference: Reference, images: Tensor, k: int = NEAREST
) -> list[Familiarity]:
    """Of each uint8 [N, 32, 32, 3] picture, with `k` training images. Raises ConvscopeError where
    the reference is of another network, or a score is no finite number."""
    plain, mirrored = views(network, images)
    widths = [len(part.means[0]) for part in (reference.early, reference.middle)]
    own = [plain.early.shape[1], plain.middle.shape[1], plain.late.shape[1]]
    known = reference.neighbours
    if own != [*widths, len(known.centre)] or known.labels.max() >= len(network.classes):
        raise ConvscopeError(
            "What is kept of training images is of another network, so it does not tell how "
            "familiar a picture is to this one."
        )
    with np.errstate(all="ignore"):  # what is damaged is told below
        sums = reference.strangeness(scores(reference, plain, mirrored))
    if not np.isfinite(sums).all():
        raise ConvscopeError(
            "How familiar this picture is to the network comes out as no finite number: its "
            "weights, or what is kept beside them of its training images, are damaged. "
            "`python -m core familiarity` makes the latter anew."
        )
    similar = known.similarities(plain.late)
    order = np.argsort(-similar, axis=1, kind="stable")[:, :k]
    return [
        Familiarity(
            strangeness=float(strangeness),
            threshold=reference.threshold,
            stranger_than=float(np.searchsorted(reference.quantiles, strangeness) / 101),
            neighbours=tuple(
                Neighbour(
                    int(known.images[row]), network.classes[known.labels[row]], float(near[row])
                )
                for row in nearest
            ),
        )
        for strangeness, near, nearest in zip(sums, similar, order, strict=True)
    ]


def views(network: Network, images: Tensor, report: Report = silent) -> tuple[Depths, Depths]:
    """The depths of pictures and of their mirror images, in one pass."""
    both = depths_of(network, torch.cat([images, images.flip(2)]), report)
    return both[: len(images)], both[len(images) :]


def scores(reference: Reference, *seen: Depths) -> np.ndarray:
    """How strange pictures are at each depth, averaged over views: float32 [N, 4]."""
    return np.mean([_scores(reference, view) for view in seen], axis=0)


def _scores(reference: Reference, view: Depths) -> np.ndarray:
    similar = reference.neighbours.similarities(view.late)
    nearest = np.sort(similar, axis=1)[:, -NEAREST:].mean(axis=1)
    columns = (
        reference.early.distances(view.early),
        reference.middle.distances(directed(view.middle)),
        -nearest,
        -logsumexp(view.logits, axis=1),
    )
    return np.stack(columns, axis=1)


def directed(features: np.ndarray) -> np.ndarray:
    """Each row of float32 [N, D] at length 1; 0 stays 0."""
    return features / np.linalg.norm(features, axis=1, keepdims=True).clip(1e-12)
