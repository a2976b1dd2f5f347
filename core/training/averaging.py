"""Averages of the weights along the way."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn, update_bn


class WeightAverage:
    """Follows a model's weights and batch-norm statistics with decay per step.

    The decay starts small, at (1 + t) / (10 + t), so that the first average is not mostly the
    random start (as in Szegedy et al. 2015's training code).
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self._decay = decay
        self._source = model.state_dict()
        self.weights = {name: value.clone() for name, value in self._source.items()}
        self._moving = [name for name, value in self.weights.items() if value.is_floating_point()]

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Move towards the model's present weights after its 0-based `step`."""
        decay = min(self._decay, (1 + step) / (10 + step))
        averages = [self.weights[name] for name in self._moving]
        get_ema_multi_avg_fn(decay)(averages, [self._source[name] for name in self._moving], step)

    def load(self, weights: dict[str, Tensor]) -> None:
        for name, value in weights.items():
            self.weights[name].copy_(value)


class Descents:
    """The mean of the weights that two descents of the learning rate end in (after Izmailov et al.
    2018, SWA, arXiv:1803.05407, algorithm 1 with two cycles)."""

    def __init__(self) -> None:
        self.first: dict[str, Tensor] = {}

    def keep(self, model: nn.Module) -> None:
        """The first descent ends here."""
        self.first = {name: value.detach().clone() for name, value in model.state_dict().items()}

    @torch.no_grad()
    def join(self, model: nn.Module, batches: Iterable[Tensor]) -> None:
        """Let the model become the mean, whose batch-norm statistics are those of `batches`."""
        for name, value in model.state_dict().items():
            if value.is_floating_point():
                value.lerp_(self.first[name], 0.5)
        update_bn(batches, model)


class Lookahead:
    """Sends the weights back half the way they came, every few steps (Zhang et al. 2019,
    arXiv:1907.08610, algorithm 1 with alpha = 0.5)."""

    def __init__(self, model: nn.Module, every: int) -> None:
        self._every = every
        self._fast = [parameter for parameter in model.parameters() if parameter.requires_grad]
        self.slow = [parameter.detach().clone() for parameter in self._fast]

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Look, after the 0-based `step`, whether it is time."""
        if (step + 1) % self._every == 0:
            for slow, fast in zip(self.slow, self._fast, strict=True):
                fast.copy_(slow.lerp_(fast, 0.5))

    @torch.no_grad()
    def load(self, slow: list[Tensor]) -> None:
        for ours, theirs in zip(self.slow, slow, strict=True):
            ours.copy_(theirs)
