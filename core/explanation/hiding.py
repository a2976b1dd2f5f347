"""What a network says of a picture when parts of it are hidden."""

from typing import Literal, get_args

import torch
from torch import Tensor
from torchvision.transforms.functional import gaussian_blur

from core.models.network import Network

Cover = Literal["blur", "mean"]
"""What hidden pixels show: the picture, blurred until no detail is left, or the mean colour of the
training images. Either alone could be mistaken for evidence of something."""

COVERS: tuple[Cover, ...] = get_args(Cover)
KERNEL, SIGMA = 11, 5.0  # pixels (Petsiuk et al. 2018, section 4.3)
BATCH = 128  # pictures in one pass


def cover(inputs: Tensor, kind: Cover) -> Tensor:
    """What hidden pixels of normalised [N, 3, 32, 32] pictures show, of the same shape."""
    return (
        gaussian_blur(inputs, [KERNEL, KERNEL], [SIGMA, SIGMA])
        if kind == "blur"
        else torch.zeros_like(inputs)
    )


def probabilities_hidden(
    network: Network,
    image: Tensor,
    hidden: Tensor,
    kind: Cover,
    target: int,
    against: int | None = None,
) -> Tensor:
    """Calibrated probabilities of the target class, [M], with each of the masks hidden.

    image: uint8 [32, 32, 3]; hidden: bool [M, 32, 32]; against: a class; where there is one, the
    probability is that of the target among these two.
    """
    return probabilities(network, logits_hidden(network, image, hidden, kind), target, against)


def probabilities(
    network: Network, logits: Tensor, target: int, against: int | None = None
) -> Tensor:
    """[N] of logits [N, classes], as `probabilities_hidden` has them."""
    among = logits if against is None else logits[:, [target, against]]
    return network.probabilities(among)[:, target if against is None else 0]


@torch.no_grad()
def logits_hidden(network: Network, image: Tensor, hidden: Tensor, kind: Cover) -> Tensor:
    """The logits [M, classes], on the CPU."""
    inputs = network.input(image.unsqueeze(0))
    covered = cover(inputs, kind)
    return torch.cat(
        [
            network.model(torch.where(mask.unsqueeze(1), covered, inputs)).float().cpu()
            for mask in hidden.to(network.device).split(BATCH)
        ]
    )
