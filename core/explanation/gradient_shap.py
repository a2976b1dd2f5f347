"""Expected gradients, known as GradientSHAP (Erion et al. 2019, arXiv:1906.10670, section 3)."""

import torch
from torch import Tensor, nn

from core.explanation.method import Method, Parameter
from core.explanation.saliency import gradient

SAMPLES = Parameter(
    "samples", "Baselines", "Flat colours to fade in from; more give a calmer map.", 32, 8, 128, 8
)
SPREAD = 1.0  # standard deviation of a baseline's colour, in that of the training images


def gradient_shap(
    model: nn.Module,
    inputs: Tensor,
    targets: Tensor,
    batch_size: int,
    samples: int = int(SAMPLES.default),
) -> Tensor:
    """The mean over baselines of (input - baseline) times the gradient at a place between both,
    summed over the channels, [N, 32, 32], signed. Flat pictures of colours around the mean of the
    training images are the baselines.

    Captum's draws from the global generators of torch and numpy, which threads share; here each
    image gets the same draws, from a generator of their own.
    """
    generator = torch.Generator().manual_seed(0)
    colours = SPREAD * torch.randn(samples, inputs.shape[1], 1, 1, generator=generator)
    shares = (torch.rand(samples, generator=generator) + torch.arange(samples)) / samples
    total = torch.zeros_like(inputs)
    part = max(1, batch_size // len(inputs))
    for colour, share in zip(colours.split(part), shares.split(part), strict=True):
        away = inputs.unsqueeze(1) - colour.to(inputs.device)
        between = inputs.unsqueeze(1) - (1 - share.to(inputs.device).view(-1, 1, 1, 1)) * away
        gradients = gradient(model, between.flatten(0, 1), targets.repeat_interleave(len(share)))
        total += (away * gradients.view_as(away)).sum(dim=1)
    return (total / samples).sum(dim=1)


GRADIENT_SHAP = Method(
    title="GradientSHAP",
    meaning=(
        "Integrated gradients from many flat colours and not from one, so that no colour counts as "
        "nothing. Positive pixels raised the score of the class against the average over these "
        "colours and negative ones lowered it; as colours and places between are drawn, the sum is "
        "the whole change only about."
    ),
    citation="Erion et al. 2019, arXiv:1906.10670; Lundberg & Lee 2017, arXiv:1705.07874",
    signed=True,
    attribute=gradient_shap,
    parameters=(SAMPLES,),
)
