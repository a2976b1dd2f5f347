"""What an architecture costs and sees, known without training it."""

import math
from dataclasses import dataclass

from core.models.graph import Step, trace
from core.recipe import Model


@dataclass(frozen=True)
class Summary:
    """flops: multiplications and additions of one forward pass of one image (as torch counts)
    activations: numbers that convolutions and dense layers put out for one image
    """

    parameters: int
    flops: int
    activations: int
    layers: tuple[Step, ...]

    @property
    def training_flops(self) -> int:
        """Per image and step: forward once, backward about twice that."""
        return 3 * self.flops


def summarise(options: Model, classes: int) -> Summary:
    """The cost and the layers of a model with these options; takes neither memory nor arithmetic,
    and other threads may build, train and run theirs meanwhile."""
    layers = trace(options, classes)
    return Summary(
        parameters=sum(layer.parameters for layer in layers),
        flops=sum(layer.flops for layer in layers),
        activations=sum(math.prod(layer.shape) for layer in layers if layer.flops),
        layers=layers,
    )
