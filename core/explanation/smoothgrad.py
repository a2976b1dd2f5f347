"""SmoothGrad: the gradient, averaged over noisy copies (Smilkov et al. 2017, arXiv:1706.03825)."""

import torch
from torch import Tensor, nn

from core.explanation.method import Method, Parameter
from core.explanation.saliency import gradient

SAMPLES = Parameter("samples", "Noisy copies", "More give a calmer map.", 32, 4, 128, 4)
NOISE = Parameter(  # the paper: 0.1 to 0.2
    "noise",
    "Noise",
    "Standard deviation, as a share of the picture's own range.",
    0.15,
    0.0,
    0.5,
    0.05,
)


def smoothgrad(
    model: nn.Module,
    inputs: Tensor,
    targets: Tensor,
    batch_size: int,
    samples: int = int(SAMPLES.default),
    noise: float = NOISE.default,
) -> Tensor:
    """The largest absolute mean gradient over the channels, [N, 32, 32], from 0 upwards.

    Captum's NoiseTunnel draws from the global generator, which threads share; noise from a
    generator of its own, the same for every image, makes the result of an image depend on nothing
    but the image and the model.
    """
    count = len(inputs)
    draws = torch.randn(samples, *inputs.shape[1:], generator=torch.Generator().manual_seed(0))
    range_ = inputs.amax((1, 2, 3)) - inputs.amin((1, 2, 3))
    scale = (noise * range_).view(-1, 1, 1, 1, 1)
    total = torch.zeros_like(inputs)
    for part in draws.to(inputs.device).split(max(1, batch_size // count)):
        noisy = inputs.unsqueeze(1) + scale * part
        gradients = gradient(model, noisy.flatten(0, 1), targets.repeat_interleave(len(part)))
        total += gradients.unflatten(0, (count, len(part))).sum(dim=1)
    return (total / samples).abs().amax(dim=1)


SMOOTHGRAD = Method(
    title="SmoothGrad",
    meaning=(
        "Saliency, averaged over many copies of the image with a little noise added. What is "
        "sensitive by chance cancels out; what stays bright is sensitive throughout the "
        "neighbourhood of the image. Read it as a calmer saliency map."
    ),
    citation="Smilkov et al. 2017, arXiv:1706.03825",
    signed=False,
    attribute=smoothgrad,
    parameters=(SAMPLES, NOISE),
)
