"""How far a map can be trusted, measured on the picture that it is of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy.stats import rankdata
from torch import Tensor

from core.explanation.curves import SIDE, WAYS, Way, area, curves, order_of, random_orders
from core.explanation.hiding import COVERS, Cover, logits_hidden
from core.explanation.method import Settings
from core.explanation.methods import DEFAULTS, explain
from core.explanation.randomised import randomised
from core.models.network import Network

RANDOM_ORDERS = 3  # and each of them reversed
SQUARES = 64  # hidden one by one for the infidelity
SMALLEST, LARGEST = 4, 12  # pixels along a side of such a square
COPIES = 3  # of the picture, with noise, for the sensitivity
NOISE = 4  # levels of 255 that a value moves by, at most
SEEDS = (0, 1)  # of networks with random weights

Curves = Mapping[tuple[Way, Cover], Tensor]
"""float32 [orders, STEPS + 1] each."""


@dataclass(frozen=True)
class Question:
    """Of one picture, uint8 [32, 32, 3]: what spoke for `target`, and against `against` if that is
    a class."""

    image: Tensor
    target: int
    against: int | None = None


@dataclass(frozen=True)
class Chance:
    """What every map of a picture is held against.

    curves: of random orders, then of the same reversed
    squares: bool [SQUARES, 32, 32], hidden one by one; falls: [SQUARES], of the target's logit
        (less that of the class it is held against), with the mean colour in their place
    """

    curves: Curves
    squares: Tensor
    falls: Tensor

    def gains(self, kind: Cover) -> Tensor:
        """Of each random order, [2 x RANDOM_ORDERS]."""
        return _gains(self.curves, kind)


@dataclass(frozen=True)
class Trust:
    """gain: for each cover, how much larger the area under the insertion curve is than that under
        the deletion curve, less the mean of random orders; from -2 to 2, chance is 0
    best_chance: the same of the best of the random orders
    infidelity: see `infidelity`; None where hiding squares changes nothing
    sensitivity: see `sensitivity`; None where the map is empty
    unlearned: see `unlearned`; None where one of both maps is the same everywhere
    """

    curves: Curves
    gain: Mapping[Cover, float]
    best_chance: Mapping[Cover, float]
    infidelity: float | None
    sensitivity: float | None
    unlearned: float | None

    @property
    def mean_gain(self) -> float:
        return float(np.mean(list(self.gain.values())))

    @property
    def beats_chance(self) -> bool:
        """Whether its order is better than every random one, whatever covers what is hidden."""
        return all(self.gain[kind] > self.best_chance[kind] for kind in COVERS)


def chance(network: Network, question: Question) -> Chance:
    """Measured once for a picture and a class."""
    orders, squares = random_orders(RANDOM_ORDERS), _squares()
    whole = torch.zeros(1, SIDE, SIDE, dtype=torch.bool)
    logits = logits_hidden(network, question.image, torch.cat((whole, squares)), "mean")
    scores = logits[:, question.target]
    if question.against is not None:
        scores = scores - logits[:, question.against]
    return Chance(
        _and_reversed(_curves(network, question, orders)), squares, scores[0] - scores[1:]
    )


def measure(
    network: Network,
    question: Question,
    attribution: Tensor,
    method: str,
    reference: Chance,
    settings: Settings = DEFAULTS,
) -> Trust:
    """attribution: [32, 32], by this method with these settings; reference: of this question"""
    own = _curves(network, question, order_of(attribution).unsqueeze(0))
    random = {kind: reference.gains(kind) for kind in COVERS}
    return Trust(
        curves=own,
        gain={kind: float(_gains(own, kind)[0] - random[kind].mean()) for kind in COVERS},
        best_chance={kind: float(random[kind].max() - random[kind].mean()) for kind in COVERS},
        infidelity=infidelity(attribution, reference.squares, reference.falls),
        sensitivity=sensitivity(network, question, attribution, method, settings),
        unlearned=unlearned(network, question, attribution, method, settings),
    )


def infidelity(attribution: Tensor, hidden: Tensor, falls: Tensor) -> float | None:
    """The share of what hiding does to the score that the map does not foretell: 0 is perfect, 1 no
    better than saying that nothing changes.

    The map foretells a fall by the sum of its values over what is hidden, times the one factor that
    fits best, as not every method has the unit of a score. That is the infidelity of Yeh et al.
    2019 (arXiv:1901.09392, section 2) with the optimal scaling of their appendix, as
    `captum.metrics.infidelity(normalize=True)` computes it, over its value for an empty map.

    attribution: [32, 32]; hidden: bool [M, 32, 32]; falls: [M]
    """
    told = (attribution * hidden).sum((1, 2)).double()
    real = falls.double()
    if not real.any():
        return None
    factor = (told @ real) / (told @ told) if told.any() else 0.0
    return float(((factor * told - real) ** 2).mean() / (real**2).mean())


def sensitivity(
    network: Network, question: Question, attribution: Tensor, method: str, settings: Settings
) -> float | None:
    """How far the map moves, as a share of its length, when every value of the picture moves by up
    to 4 of 255 levels: the most over three draws (Yeh et al. 2019, arXiv:1901.09392, section 3:
    max-sensitivity). 0 is steady."""
    length = attribution.norm()
    if not length:
        return None
    generator = torch.Generator().manual_seed(0)
    shape = (COPIES, *question.image.shape)
    noise = torch.randint(-NOISE, NOISE + 1, shape, generator=generator)
    copies = (question.image.int() + noise).clamp(0, 255).byte()
    maps = _explained(network, question, copies, method, settings)
    return float((maps - attribution).flatten(1).norm(dim=1).max() / length)


def unlearned(
    network: Network, question: Question, attribution: Tensor, method: str, settings: Settings
) -> float | None:
    """How alike the map and those of the same network with random weights are: the mean rank
    correlation of absolute values. Near 1, the map shows the picture and not what was learned; low
    is one good sign and no proof, and ranks no methods (Adebayo et al. 2018, arXiv:1810.03292;
    Yona & Greenfeld 2021, arXiv:2110.14297; Binder et al. 2022, arXiv:2211.12486)."""
    alike: list[float] = []
    for seed in SEEDS:
        images = question.image.unsqueeze(0)
        other = _explained(randomised(network, seed), question, images, method, settings)[0]
        if len(attribution.unique()) > 1 and len(other.unique()) > 1:
            ranks = [rankdata(each.abs().flatten().numpy()) for each in (attribution, other)]
            alike.append(float(np.corrcoef(*ranks)[0, 1]))
    return float(np.mean(alike)) if alike else None


def ranked(trusts: Mapping[str, Trust]) -> Sequence[str]:
    """Their names, the most trustworthy for this picture first: by mean gain."""
    return sorted(trusts, key=lambda name: -trusts[name].mean_gain)


def _curves(network: Network, question: Question, orders: Tensor) -> Curves:
    return {
        (way, kind): curves(
            network, question.image, orders, way, kind, question.target, question.against
        )
        for way in WAYS
        for kind in COVERS
    }


def _and_reversed(found: Curves) -> Curves:
    """Also those of the reversed orders, for which the network need not be asked: what one order
    has hidden at a step is what its reverse has yet to bring back."""
    other: Mapping[Way, Way] = {"deletion": "insertion", "insertion": "deletion"}
    return {
        (way, kind): torch.cat((curve, found[other[way], kind].flip(1)))
        for (way, kind), curve in found.items()
    }


def _gains(found: Curves, kind: Cover) -> Tensor:
    return area(found["insertion", kind]) - area(found["deletion", kind])


def _explained(
    network: Network, question: Question, images: Tensor, method: str, settings: Settings
) -> Tensor:
    targets = torch.full((len(images),), question.target)
    return explain(network, images, targets, method, settings=settings, against=question.against)


def _squares() -> Tensor:
    """Anywhere inside a picture, always the same: bool [SQUARES, 32, 32]."""
    generator = torch.Generator().manual_seed(0)
    sides = torch.randint(SMALLEST, LARGEST + 1, (SQUARES, 1, 1), generator=generator)
    at = torch.rand(2, SQUARES, 1, 1, generator=generator)
    top, left = (at * (SIDE + 1 - sides)).long()
    places = torch.arange(SIDE)
    rows, columns = places.view(1, -1, 1), places.view(1, 1, -1)
    return (rows >= top) & (rows < top + sides) & (columns >= left) & (columns < left + sides)
