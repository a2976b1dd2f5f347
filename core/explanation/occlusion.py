"""Occlusion: cover a patch, watch the score (Zeiler & Fergus 2013, arXiv:1311.2901, 4.2)."""

import torch
from captum.attr import Occlusion
from torch import Tensor, nn

PATCH = 8  # pixels, height and width of the covered square
STRIDE = 4  # pixels from one position to the next


def occlusion(model: nn.Module, inputs: Tensor, targets: Tensor, batch_size: int) -> Tensor:
    """How far the target logit falls when a pixel is covered, [N, 32, 32], signed.

    The patch has the mean colour of the training images; a pixel gets the mean fall over the patch
    positions that cover it. Below zero: the score rose, so what is there spoke against the class.
    """
    with torch.no_grad():
        falls = Occlusion(model).attribute(
            inputs,
            sliding_window_shapes=(inputs.shape[1], PATCH, PATCH),
            strides=(inputs.shape[1], STRIDE, STRIDE),
            baselines=0,
            target=targets,
            perturbations_per_eval=max(1, batch_size // len(inputs)),
        )
    return falls[:, 0]
