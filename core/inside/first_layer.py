"""The only layer whose weights can be looked at as pictures: it sees pixels."""

from torch import Tensor, nn

from core.models.graph import Step
from core.models.whitening import Whitening


def filters_of(model: nn.Module, step: Step) -> Tensor | None:
    """The filters of a convolution that takes the picture, [channels, 3, side, side]; None for any
    other layer."""
    layer = model.get_submodule(step.module) if step.module else None
    if step.inputs or not isinstance(layer, nn.Conv2d):
        return None
    return layer.weight.detach()


def is_whitening(model: nn.Module, step: Step) -> bool:
    """Whether the layer was computed from the training images, and never learned."""
    return bool(step.module) and isinstance(model.get_submodule(step.module), Whitening)
