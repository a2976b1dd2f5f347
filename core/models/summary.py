"""What an architecture costs and sees, known without training it."""

import math
import operator
from dataclasses import dataclass

import torch
from torch import Tensor, fx, nn
from torch.utils.flop_counter import FlopCounterMode

from core.data.dataset import IMAGE_SIZE
from core.models import build_model
from core.recipe import Model

NAMED_LAYERS = (
    nn.Conv2d,
    nn.Linear,
    nn.MaxPool2d,
    nn.AvgPool2d,
    nn.AdaptiveAvgPool2d,
    nn.AdaptiveMaxPool2d,
)


@dataclass(frozen=True)
class Layer:
    """One layer with weights, or one that changes the picture's size.

    shape: the output's, without the batch dimension: (channels, height, width) or (features,)
    receptive_field: side in input pixels of the square that one output value can depend on
    parameters: trainable values
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    receptive_field: int
    parameters: int


@dataclass(frozen=True)
class Summary:
    """flops: multiplications and additions of one forward pass of one image (torch's counter)."""

    parameters: int
    flops: int
    layers: tuple[Layer, ...]

    @property
    def training_flops(self) -> int:
        """Per image and step: forward once, backward about twice that."""
        return 3 * self.flops


def summarise(options: Model, classes: int) -> Summary:
    """The cost and the layers of a model with these options."""
    model = build_model(options, classes).eval()
    image = torch.zeros(1, 3, IMAGE_SIZE, IMAGE_SIZE)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(image)
    return Summary(
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        flops=counter.get_total_flops(),
        layers=tuple(_layers(model, image)),
    )


def _layers(model: nn.Module, image: Tensor) -> list[Layer]:
    tracer = _LayerTracer(fx.symbolic_trace(model))
    with torch.no_grad():
        tracer.run(image)
    return tracer.layers


@dataclass(frozen=True)
class _Sight:
    """How much of the input one value sees, and how far apart two neighbours look, in pixels."""

    field: int = 1
    stride: int = 1

    def through(self, kernel: int, stride: int) -> "_Sight":
        return _Sight(self.field + (kernel - 1) * self.stride, self.stride * stride)


class _LayerTracer(fx.Interpreter):
    """Runs a traced model and follows the receptive field along every edge of its graph."""

    def __init__(self, traced: fx.GraphModule) -> None:
        super().__init__(traced)
        self.layers: list[Layer] = []
        self._sights: dict[fx.Node, _Sight] = {}

    def run_node(self, n: fx.Node) -> object:
        output = super().run_node(n)
        before = [self._sights[parent] for parent in n.all_input_nodes]
        sight = max(before, key=operator.attrgetter("field"), default=_Sight())
        if n.op == "call_module" and isinstance(output, Tensor):
            module = self.module.get_submodule(str(n.target))
            sight = _widen(sight, module)
            if isinstance(module, NAMED_LAYERS):
                self.layers.append(_describe(str(n.target), module, output, sight))
        self._sights[n] = sight
        return output


def _widen(sight: _Sight, module: nn.Module) -> _Sight:
    if isinstance(module, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d):
        return sight.through(_side(module.kernel_size), _side(module.stride))
    if isinstance(module, nn.AdaptiveAvgPool2d | nn.AdaptiveMaxPool2d | nn.Linear):
        return _Sight(max(sight.field, IMAGE_SIZE), sight.stride)
    return sight


def _side(size: int | tuple[int, ...]) -> int:
    return size if isinstance(size, int) else size[0]


def _describe(name: str, module: nn.Module, output: Tensor, sight: _Sight) -> Layer:
    shape = tuple(output.shape[1:])
    kind = type(module).__name__.removesuffix("2d")
    parameters = sum(math.prod(parameter.shape) for parameter in module.parameters())
    return Layer(name, kind, shape, sight.field, parameters)
