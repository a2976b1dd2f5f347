"""DeepLIFT (Shrikumar et al. 2017, arXiv:1704.02685), with its rescale rule (section 3.5.1).

Captum's knows neither GELU, SiLU nor adaptive pooling, miscounts a module that is used twice, and
then silently shares out another sum than it promises. Here the picture and its baseline pass
through the network as one batch, and each layer that is not linear gives the picture's half the
slope from baseline to picture in place of its gradient."""

from collections.abc import Callable
from typing import cast

import torch
from torch import Tensor, nn

from core.explanation.copies import replaced
from core.explanation.method import Method

NEAR = 1e-6  # where baseline and picture are closer, the slope is the gradient
ACTIVATIONS = (nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Tanh)
MAX_POOLS = (nn.MaxPool2d, nn.AdaptiveMaxPool2d)


def deep_lift(model: nn.Module, inputs: Tensor, targets: Tensor, _batch_size: int) -> Tensor:
    """Each pixel's share in the change of the target logit from the mean colour of the training
    images to the picture, summed over the channels, [N, 32, 32], signed."""
    sloping = replaced(replaced(model, MAX_POOLS, _PoolSlope), ACTIVATIONS, _Slope)
    leaf = inputs.detach().clone().requires_grad_()
    with torch.enable_grad():
        scores = sloping(torch.cat((leaf, torch.zeros_like(leaf))))[: len(leaf)]
        (slopes,) = torch.autograd.grad(scores.gather(1, targets[:, None]).sum(), leaf)
    return (slopes * inputs).sum(dim=1)


class _Slope(nn.Module):
    def __init__(self, activation: nn.Module) -> None:
        super().__init__()
        self.activation = activation

    def forward(self, values: Tensor) -> Tensor:
        picture, baseline = values.chunk(2)
        with torch.no_grad():
            out, out_0 = self.activation(values).chunk(2)
            step = picture - baseline
            near = step.abs() < NEAR
            slope = (out - out_0) / step.where(~near, 1)
        at_picture = out + slope * (picture - picture.detach())
        # Where both are one, a line through two points is none; the activation has its own slope.
        at_picture = torch.where(near, self.activation(picture), at_picture)
        return torch.cat((at_picture, out_0))


class _PoolSlope(nn.Module):
    """The larger of both windows' maxima says whose place answers for the change: the picture's
    where its maximum is larger, the baseline's else."""

    def __init__(self, pooling: nn.Module) -> None:
        super().__init__()
        assert isinstance(pooling, MAX_POOLS)
        self.pooling = pooling
        pooling.return_indices = True

    def forward(self, values: Tensor) -> Tensor:
        picture, baseline = values.chunk(2)
        pool = cast(Callable[[Tensor], tuple[Tensor, Tensor]], self.pooling)
        with torch.no_grad():
            (out, place), (out_0, place_0) = pool(picture), pool(baseline)
        places = torch.where(out >= out_0, place, place_0).flatten(2)
        answering = picture.flatten(2).gather(2, places).view_as(out)
        with torch.no_grad():
            step = answering - baseline.flatten(2).gather(2, places).view_as(out)
            near = step.abs() < NEAR
            slope = ((out - out_0) / step.where(~near, 1)).masked_fill(near, 0)
        return torch.cat((out + slope * (answering - answering.detach()), out_0))


DEEP_LIFT = Method(
    title="DeepLIFT",
    meaning=(
        "Shares out the change of the score, from a picture of nothing but the mean colour of the "
        "training images to this one, layer by layer and in a single pass. Positive pixels raised "
        "the score of the class and negative ones lowered it, and together they make up the whole "
        "change; pixels that look like the mean colour get little."
    ),
    citation="Shrikumar, Greenside & Kundaje 2017, arXiv:1704.02685",
    signed=True,
    attribute=deep_lift,
)
