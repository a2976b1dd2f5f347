"""The parts that the architecture families are made of."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.randomness import Stream, derive, uniform
from core.recipe import Activation

ACTIVATIONS: dict[Activation, type[nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
}


def convolution(
    inputs: int,
    outputs: int,
    activation: Activation,
    batch_norm: bool,
    stride: int = 1,
    pool: nn.Module | None = None,
    norm_first: bool = True,
) -> list[nn.Module]:
    """A 3x3 convolution that keeps height and width (or halves them by stride or by `pool`, right
    after it), normalised and activated, in this order if `norm_first`. Batch norm right after it
    has its own shift, so the convolution then needs no bias."""
    bias = not (batch_norm and norm_first)
    kind = PooledConvolution if pool else nn.Conv2d
    convolve = kind(inputs, outputs, 3, stride, padding=1, bias=bias)
    pooled = [pool] if pool else []
    normalise = [nn.BatchNorm2d(outputs)] if batch_norm else []
    activate = [ACTIVATIONS[activation]()]
    order = [*normalise, *activate] if norm_first else [*activate, *normalise]
    return [convolve, *pooled, *order]


class PooledConvolution(nn.Conv2d):
    """A 3x3 convolution right before a 2x2 pooling, without what that would throw away: the last
    row of maps of odd height, the last column of those of odd width."""

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002
        height, width = input.shape[-2:]
        if height % 2 == width % 2 == 0:
            return super().forward(input)
        padded = F.pad(input, (1, 1 - width % 2, 1, 1 - height % 2))
        return F.conv2d(padded, self.weight, self.bias)


class Residual(nn.Module):
    """The last of `layers`, an activation, after the sum of the input and what the rest make."""

    def __init__(self, layers: Sequence[nn.Module]) -> None:
        super().__init__()
        *body, self.activation = layers
        self.body = nn.Sequential(*body)

    def forward(self, x: Tensor) -> Tensor:
        return self.activation(x + self.body(x))


class Dropout(nn.Dropout):
    """torch's dropout with masks from `key`, another one each time."""

    key: Tensor

    def __init__(self, p: float) -> None:
        super().__init__(p)
        self.register_buffer("key", torch.zeros((), dtype=torch.int64), persistent=False)
        self._drawn = 0

    def seek(self, seed: int, step: int, number: int) -> None:
        """The next mask is that of `step` in the `number`-th of a model's dropout layers."""
        self.key.fill_(derive(seed, Stream.DROPOUT, step, number))
        self._drawn = 0

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002
        if not self.training or self.p == 0:
            return input
        # The key keeps its value, as a compiled backward pass may draw the mask again, and its
        # place in memory, from which a recorded step reads it every time.
        kept = uniform(self.key + self._drawn, *input.shape) >= self.p
        self._drawn += 1
        return input * kept.to(input.dtype).div_(1 - self.p)


def dropouts(model: nn.Module) -> list[Dropout]:
    """A model's dropout layers, first to last."""
    return [module for module in model.modules() if isinstance(module, Dropout)]


def dense_head(
    features: int,
    hidden: Sequence[int],
    classes: int,
    activation: Activation,
    dropout: float,
) -> list[nn.Module]:
    """Dense layers from [N, features] to logits [N, classes]; dropout after each hidden one, or
    before the only one."""
    if not hidden:
        return [*_dropout(dropout), nn.Linear(features, classes)]
    layers: list[nn.Module] = []
    for width in hidden:
        layers += [nn.Linear(features, width), ACTIVATIONS[activation](), *_dropout(dropout)]
        features = width
    return [*layers, nn.Linear(features, classes)]


def _dropout(probability: float) -> list[nn.Module]:
    return [Dropout(probability)] if probability else []
