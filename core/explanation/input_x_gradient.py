"""Input times gradient (Shrikumar et al. 2016, arXiv:1605.01713, section 2)."""

from torch import Tensor, nn

from core.explanation.method import Method
from core.explanation.saliency import gradient


def input_x_gradient(model: nn.Module, inputs: Tensor, targets: Tensor, _batch_size: int) -> Tensor:
    """The gradient times the normalised input, summed over the channels, [N, 32, 32], signed."""
    return (inputs * gradient(model, inputs, targets)).sum(dim=1)


INPUT_X_GRADIENT = Method(
    title="Input x gradient",
    meaning=(
        "How far each pixel differs from the mean colour of the training images, times how the "
        "score reacts to it. It is what integrated gradients would be if the network were a "
        "straight line: quick, rough, and often grainy."
    ),
    citation="Shrikumar et al. 2016, arXiv:1605.01713",
    signed=True,
    attribute=input_x_gradient,
)
