"""SmoothGrad: the gradient, averaged over noisy copies (Smilkov et al. 2017, arXiv:1706.03825)."""

import torch
from torch import Tensor, nn

from core.explanation.saliency import gradient

SAMPLES = 32
NOISE = 0.15  # standard deviation, as a share of the image's own range; the paper: 0.1 to 0.2


def smoothgrad(model: nn.Module, inputs: Tensor, targets: Tensor, batch_size: int) -> Tensor:
    """The largest absolute mean gradient over the channels, [N, 32, 32], from 0 upwards.

    Captum's NoiseTunnel draws from the global generator, which threads share; noise from a
    generator of its own, the same for every image, makes the result of an image depend on nothing
    but the image and the model.
    """
    count = len(inputs)
    noise = torch.randn(SAMPLES, *inputs.shape[1:], generator=torch.Generator().manual_seed(0))
    range_ = inputs.amax((1, 2, 3)) - inputs.amin((1, 2, 3))
    scale = (NOISE * range_).view(-1, 1, 1, 1, 1)
    total = torch.zeros_like(inputs)
    for part in noise.to(inputs.device).split(max(1, batch_size // count)):
        noisy = inputs.unsqueeze(1) + scale * part
        gradients = gradient(model, noisy.flatten(0, 1), targets.repeat_interleave(len(part)))
        total += gradients.unflatten(0, (count, len(part))).sum(dim=1)
    return (total / SAMPLES).abs().amax(dim=1)
