"""Integrated gradients (Sundararajan et al. 2017, arXiv:1703.01365, section 3)."""

from captum.attr import IntegratedGradients
from torch import Tensor, nn

STEPS = 32


def integrated_gradients(
    model: nn.Module, inputs: Tensor, targets: Tensor, batch_size: int
) -> Tensor:
    """The attributions summed over the channels, [N, 32, 32], signed.

    The baseline is the mean colour of the training images, which is zero after normalisation. All
    values together come close to the target logit of the image less that of the baseline.
    """
    attributions = IntegratedGradients(model).attribute(
        inputs,
        baselines=0,
        target=targets,
        n_steps=STEPS,
        internal_batch_size=max(batch_size, len(inputs)),
    )
    return attributions.detach().sum(dim=1)
