"""Integrated gradients (Sundararajan et al. 2017, arXiv:1703.01365, section 3)."""

from captum.attr import IntegratedGradients
from torch import Tensor, nn

from core.explanation.method import Method, Parameter

STEPS = Parameter(
    "steps", "Steps", "On the way from the mean colour; more add up better.", 32, 8, 128, 8
)


def integrated_gradients(
    model: nn.Module,
    inputs: Tensor,
    targets: Tensor,
    batch_size: int,
    steps: int = int(STEPS.default),
) -> Tensor:
    """The attributions summed over the channels, [N, 32, 32], signed.

    The baseline is the mean colour of the training images, which is zero after normalisation. All
    values together come close to the target logit of the image less that of the baseline.
    """
    attributions = IntegratedGradients(model).attribute(
        inputs,
        baselines=0,
        target=targets,
        n_steps=steps,
        internal_batch_size=max(batch_size, len(inputs)),
    )
    return attributions.detach().sum(dim=1)


INTEGRATED_GRADIENTS = Method(
    title="Integrated gradients",
    meaning=(
        "Shares out the score among the pixels: the picture is faded in from the mean colour "
        "of the training images, and each pixel's part in the change is added up on the way. "
        "Positive pixels raised the score of the class and negative ones lowered it; together "
        "they make up nearly the whole change. Pixels that look like the mean colour get "
        "little, whatever they show."
    ),
    citation="Sundararajan, Taly & Yan 2017, arXiv:1703.01365",
    signed=True,
    attribute=integrated_gradients,
    parameters=(STEPS,),
)
