"""An exponential moving average of the weights."""

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn


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
