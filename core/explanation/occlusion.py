"""Occlusion: cover a patch, watch the score (Zeiler & Fergus 2013, arXiv:1311.2901, 4.2)."""

import torch
from captum.attr import Occlusion
from torch import Tensor, nn

from core.explanation.method import Method, Parameter

PATCH = Parameter("patch", "Square", "Pixels along a side; it moves by half of that.", 8, 2, 16, 2)


def occlusion(
    model: nn.Module,
    inputs: Tensor,
    targets: Tensor,
    batch_size: int,
    patch: int = int(PATCH.default),
) -> Tensor:
    """How far the target logit falls when a pixel is covered, [N, 32, 32], signed.

    The patch has the mean colour of the training images; a pixel gets the mean fall over the patch
    positions that cover it. Below zero: the score rose, so what is there spoke against the class.
    """
    with torch.no_grad():
        falls = Occlusion(model).attribute(
            inputs,
            sliding_window_shapes=(inputs.shape[1], patch, patch),
            strides=(inputs.shape[1], patch // 2, patch // 2),
            baselines=0,
            target=targets,
            perturbations_per_eval=max(1, batch_size // len(inputs)),
        )
    return falls[:, 0]


OCCLUSION = Method(
    title="Occlusion",
    meaning=(
        "What happens when a small square is covered with the mean colour of the "
        "training images. Positive places lower the score of the class when they are hidden, "
        "so the network leans on them; hiding negative places raises it. It is coarse, but it "
        "is an experiment on the network and not a calculation about it."
    ),
    citation="Zeiler & Fergus 2013, arXiv:1311.2901",
    signed=True,
    attribute=occlusion,
    parameters=(PATCH,),
)
