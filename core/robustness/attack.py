"""How little it takes to change the network's answer on purpose: projected gradient descent.

Madry et al. 2018, "Towards Deep Learning Models Resistant to Adversarial Attacks". An attack that
fails proves nothing, for another one may succeed; so what it leaves is the most that the accuracy
can be. Epsilons are on a scale where pixels go from 0 to 1.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from core.data.pictures import Report, silent
from core.models.network import BATCH_SIZES, Network
from core.randomness import Stream
from core.robustness.draws import Draws

EPSILONS = (0, 1, 2, 4, 8)
"""In levels, 1/255 of the range from black to white."""


@dataclass(frozen=True)
class Attack:
    """steps: upwards along the sign of the loss's gradient; step: the length of each, as a share
    of epsilon; restarts: from so many random places within epsilon"""

    steps: int = 10
    restarts: int = 2
    step: float = 0.25


DEFAULT = Attack()


def right_under_attack(
    network: Network,
    images: Tensor,
    labels: Tensor,
    levels: int,
    options: Attack = DEFAULT,
    seed: int = 0,
    report: Report = silent,
) -> Tensor:
    """Which images are still answered rightly when each value may change by `levels` / 255.

    images: uint8 [N, 32, 32, 3]; labels: int64 [N]
    Returns bool [N] on the CPU. `report` hears of every step.
    """
    return attacked(network, images, labels, levels, options, seed, report)[1]


def attacked(
    network: Network,
    images: Tensor,
    labels: Tensor,
    levels: int,
    options: Attack = DEFAULT,
    seed: int = 0,
    report: Report = silent,
) -> tuple[Tensor, Tensor]:
    """The changed pictures, float32 [N, 32, 32, 3] from 0 to 1, and which are answered rightly all
    the same, bool [N]; both on the CPU.

    A picture is left alone once it is answered wrongly. Only the pictures get gradients: the model
    is as before.
    """
    size = BATCH_SIZES.get(network.device.type, 500)
    batches = []
    for place, start in enumerate(range(0, len(images), size)):
        draws = Draws(network.device, seed, Stream.ATTACK, levels, place)
        one = images[start : start + size].to(network.device).float() / 255
        batch = _Batch(network, one, labels[start : start + size].to(network.device))
        for restart in range(options.restarts if levels else 0):
            done = (start + len(one) * restart / options.restarts) / len(images)
            batch.attack(levels / 255, options, draws, lambda done=done: report("Attacking", done))
        batches.append((batch.found.cpu(), batch.right.cpu()))
    return torch.cat([found for found, _ in batches]), torch.cat([right for _, right in batches])


class _Batch:
    """Pictures under attack: `found` is the worst so far, `right` what is answered rightly."""

    def __init__(self, network: Network, pictures: Tensor, labels: Tensor) -> None:
        self._network, self._pictures, self._labels = network, pictures, labels
        self.found = pictures.clone()
        with torch.no_grad():
            self.right = self._scores(pictures).argmax(1) == labels

    def attack(
        self, epsilon: float, options: Attack, draws: Draws, tell: Callable[[], None]
    ) -> None:
        start = draws.uniform(*self._pictures.shape, low=-epsilon, high=epsilon)
        pixels = (self._pictures + start).clamp(0, 1)
        for _ in range(options.steps + 1):
            left = self.right.nonzero()[:, 0]
            if not len(left):
                return
            tell()
            uphill = self._judge(pixels, left)
            clean = self._pictures[left]
            moved = pixels[left] + epsilon * options.step * uphill
            pixels[left] = moved.clamp(clean - epsilon, clean + epsilon).clamp(0, 1)

    def _judge(self, pixels: Tensor, left: Tensor) -> Tensor:
        """See which of those `left` are answered wrongly now; returns where the loss rises, as
        -1, 0 or 1 for each of their values."""
        changed, labels = pixels[left].requires_grad_(), self._labels[left]
        with torch.enable_grad():
            scores = self._scores(changed)
            loss = F.cross_entropy(scores, labels, reduction="sum")
        self.found[left] = changed.detach()
        self.right[left] = scores.detach().argmax(1) == labels
        return torch.autograd.grad(loss, changed)[0].sign()

    def _scores(self, pixels: Tensor) -> Tensor:
        mean, std = (
            pixels.new_tensor(values)
            for values in (self._network.normalisation.mean, self._network.normalisation.std)
        )
        return self._network.model(((pixels - mean) / std).permute(0, 3, 1, 2)).float()
