"""The parts that the architecture families are made of."""

from collections.abc import Callable, Sequence

from torch import Tensor, nn

from core.recipe import Activation

ACTIVATIONS: dict[Activation, Callable[[], nn.Module]] = {
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
) -> list[nn.Module]:
    """A 3x3 convolution that keeps height and width (or halves them by stride or by `pool`, right
    after it), normalised and activated. Batch norm has its own shift, so the convolution then needs
    no bias."""
    convolve = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=not batch_norm)
    pooled = [pool] if pool else []
    normalise = [nn.BatchNorm2d(outputs)] if batch_norm else []
    return [convolve, *pooled, *normalise, ACTIVATIONS[activation]()]


class Residual(nn.Module):
    """The last of `layers`, an activation, after the sum of the input and what the rest make."""

    def __init__(self, layers: Sequence[nn.Module]) -> None:
        super().__init__()
        *body, self.activation = layers
        self.body = nn.Sequential(*body)

    def forward(self, x: Tensor) -> Tensor:
        return self.activation(x + self.body(x))


def dense_head(
    features: int,
    hidden: Sequence[int],
    classes: int,
    activation: Activation,
    dropout: float,
) -> list[nn.Module]:
    """Dense layers from [N, features] to logits [N, classes], with dropout before each."""
    layers: list[nn.Module] = []
    for width in hidden:
        layers += [*_dropped(dropout, nn.Linear(features, width)), ACTIVATIONS[activation]()]
        features = width
    return layers + _dropped(dropout, nn.Linear(features, classes))


def _dropped(probability: float, layer: nn.Module) -> list[nn.Module]:
    return [nn.Dropout(probability), layer] if probability else [layer]
