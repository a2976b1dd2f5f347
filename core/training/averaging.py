"""Averages of the weights along the way."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn


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
        self._pace = self.weights[self._moving[0]].new_zeros(())

    def seek(self, step: int) -> None:
        """The next update is that after the 0-based `step`."""
        self._pace.fill_(1 - min(self._decay, (1 + step) / (10 + step)))

    @torch.no_grad()
    def update(self) -> None:
        """Move towards the model's present weights."""
        for name in self._moving:
            self.weights[name].lerp_(self._source[name], self._pace)

    def load(self, weights: dict[str, Tensor]) -> None:
        for name, value in weights.items():
            self.weights[name].copy_(value)


class StochasticWeightAverage:
    """The mean of the weights that two descents of the learning rate end in (SWA, after Izmailov et
    al. 2018, arXiv:1803.05407, algorithm 1 with two cycles)."""

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
        _measure(model, batches)


def _measure(model: nn.Module, batches: Iterable[Tensor]) -> None:
    """Let batch norm's statistics be the means of those of `batches`, without asking the device for
    its count of them, as torch's update_bn does."""
    norms = {m: m.momentum for m in model.modules() if isinstance(m, nn.BatchNorm2d)}
    if not norms:
        return
    was_training = model.training
    model.train()
    for number, images in enumerate(batches, start=1):
        for norm in norms:
            norm.momentum = 1 / number
        model(images)
    for norm, momentum in norms.items():
        norm.momentum = momentum
    model.train(was_training)


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
