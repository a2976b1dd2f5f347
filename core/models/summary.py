"""What an architecture costs and sees, known without training it."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

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
    parameters: weights and biases, learned or fixed
    flops: multiplications and additions for one image; pooling counts as none
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    receptive_field: int
    parameters: int
    flops: int


@dataclass(frozen=True)
class Summary:
    """flops: multiplications and additions of one forward pass of one image (as torch counts)
    activations: numbers that convolutions and dense layers put out for one image
    """

    parameters: int
    flops: int
    activations: int
    layers: tuple[Layer, ...]

    @property
    def training_flops(self) -> int:
        """Per image and step: forward once, backward about twice that."""
        return 3 * self.flops


def summarise(options: Model, classes: int) -> Summary:
    """The cost and the layers of a model with these options.

    Its tensors have shapes but no values, so this takes neither memory nor arithmetic, and hooks
    are set on this model alone, so other threads may build, train and run theirs meanwhile.
    """
    with torch.device("meta"):
        model = build_model(options, classes).eval()
        image = torch.zeros(1, 3, IMAGE_SIZE, IMAGE_SIZE)
    layers: list[Layer] = []

    def record(name: str, module: nn.Module, inputs: tuple["_Seeing"], output: "_Seeing") -> None:
        output.sight = _widen(inputs[0].sight, module)
        layers.append(_describe(name, module, output))

    for name, module in model.named_modules():
        if isinstance(module, NAMED_LAYERS):
            module.register_forward_hook(partial(record, name))
    with torch.no_grad():
        model(image.as_subclass(_Seeing))
    return Summary(
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        flops=sum(layer.flops for layer in layers),
        activations=sum(math.prod(layer.shape) for layer in layers if layer.flops),
        layers=tuple(layers),
    )


@dataclass(frozen=True, order=True)
class _Sight:
    """How much of the input one value sees, and how far apart two neighbours look, in pixels."""

    field: int = 1
    stride: int = 1

    def through(self, kernel: int, stride: int) -> "_Sight":
        return _Sight(self.field + (kernel - 1) * self.stride, self.stride * stride)


class _Seeing(Tensor):
    """A map that knows what its values see. What is made of several sees as far as the furthest."""

    sight = _Sight()

    @classmethod
    def __torch_function__(
        cls,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        output = super().__torch_function__(func, types, args, kwargs)
        if isinstance(output, cls):
            output.sight = max(value.sight for value in args if isinstance(value, cls))
        return output


def _widen(sight: _Sight, module: nn.Module) -> _Sight:
    if isinstance(module, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d):
        return sight.through(_side(module.kernel_size), _side(module.stride))
    return _Sight(max(sight.field, IMAGE_SIZE), sight.stride)


def _side(size: int | tuple[int, ...]) -> int:
    return size if isinstance(size, int) else size[0]


def _describe(name: str, module: nn.Module, output: _Seeing) -> Layer:
    shape = tuple(output.shape[1:])
    kind = type(module).__name__.removesuffix("2d")
    parameters = sum(parameter.numel() for parameter in module.parameters())
    flops = 0
    if isinstance(module, nn.Conv2d | nn.Linear):  # each weight multiplies and adds at each place
        flops = 2 * module.weight.numel() * math.prod(shape[1:])
    return Layer(name, kind, shape, output.sight.field, parameters, flops)
