"""Saliency: the gradient of a class score (Simonyan et al. 2013, arXiv:1312.6034, section 3)."""

from captum.attr import Saliency
from torch import Tensor, nn

from core.explanation.method import Method


def saliency(model: nn.Module, inputs: Tensor, targets: Tensor, _batch_size: int) -> Tensor:
    """The largest absolute gradient over the three channels, [N, 32, 32], from 0 upwards."""
    return gradient(model, inputs, targets).abs().amax(dim=1)


def gradient(model: nn.Module, inputs: Tensor, targets: Tensor) -> Tensor:
    """The signed gradient of each image's target logit by its input, [N, 3, 32, 32].

    Leaves no gradient on the parameters.
    """
    leaf = inputs.detach().clone().requires_grad_()
    return Saliency(model).attribute(leaf, target=targets, abs=False).detach()


SALIENCY = Method(
    title="Saliency",
    meaning=(
        "How strongly the score of the class would react to a tiny change of each pixel. "
        "Bright pixels are sensitive, which is not the same as being evidence: the map is "
        "often grainy, and it says nothing about which way the score would move."
    ),
    citation="Simonyan, Vedaldi & Zisserman 2013, arXiv:1312.6034",
    signed=False,
    attribute=saliency,
)
