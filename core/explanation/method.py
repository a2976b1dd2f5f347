"""What a saliency method is: how it computes, what it means, and what can be set."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import Tensor, nn

from core.errors import ConvscopeError

Settings = Mapping[str, float | str]
"""What differs from a method's defaults: numbers by the name of their parameter, and under "layer"
the name of one of `core.explanation.layers.layers_of`."""

LAYER = "layer"


@dataclass(frozen=True)
class Parameter:
    """A number that can be set.

    name: of the keyword argument; whole numbers have a whole default
    low, high: both allowed
    """

    name: str
    title: str
    meaning: str
    default: float
    low: float
    high: float
    step: float

    def check(self, value: object) -> None:
        """Raises ConvscopeError where `value` is no number of the range."""
        whole = isinstance(self.default, int)
        number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
        if not (number and isinstance(value, int | float) and self.low <= value <= self.high):
            kind = "a whole number" if whole else "a number"
            raise ConvscopeError(
                f"{self.title} is {value!r}; choose {kind} from {self.low:g} to {self.high:g}."
            )


@dataclass(frozen=True)
class Method:
    """A way to say which pixels spoke for a class.

    meaning: what it shows and how to read it, one paragraph in plain language
    signed: whether values below zero occur, and mean "against the class"
    attribute: (model, inputs [N, 3, 32, 32], targets [N], images in a pass, and by name what can be
        set) to [N, 32, 32]
    by_layer: whether a layer can be chosen
    needs_relu: whether it is defined for no activations but ReLU and ReLU6
    """

    title: str
    meaning: str
    citation: str
    signed: bool
    attribute: Callable[..., Tensor]
    parameters: tuple[Parameter, ...] = ()
    by_layer: bool = False
    needs_relu: bool = False

    def check(self, settings: Settings) -> None:
        """Raises ConvscopeError for a setting that the method does not have or that is out of its
        range; whether a network has a layer is seen where it is looked for."""
        known = {parameter.name: parameter for parameter in self.parameters}
        for name, value in settings.items():
            if name in known:
                known[name].check(value)
            elif name != LAYER or not self.by_layer:
                choices = [*known, *([LAYER] if self.by_layer else [])]
                told = f"it has {', '.join(choices)}" if choices else "nothing can be set there"
                raise ConvscopeError(f"{self.title} has no setting {name!r}; {told}.")


def only_relu(model: nn.Module) -> bool:
    """Whether every activation among the model's modules is a ReLU or a ReLU6."""
    return all(
        isinstance(module, nn.ReLU | nn.ReLU6)
        for module in model.modules()
        if type(module).__module__ == nn.ReLU.__module__
    )
