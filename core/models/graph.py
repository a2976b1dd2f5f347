"""What a network does to a picture, step by step: traced while it runs, not read from its code.

A trace sees every call of a torch function in this thread, and nothing of other threads. So it
needs no hooks, which would be on a network that others use at the same time.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from core.data.dataset import IMAGE_SIZE
from core.models import build_model
from core.recipe import Model

BLOCKS = ("Residual", "BasicBlock", "InvertedResidual")  # classes; of torchvision all but the first
BEGINNING: dict[Callable[..., Any], str] = {
    torch.conv2d: "Conv",
    F.linear: "Linear",
    F.max_pool2d: "MaxPool",
    F.avg_pool2d: "AvgPool",
    F.adaptive_avg_pool2d: "AdaptiveAvgPool",
    F.adaptive_max_pool2d: "AdaptiveMaxPool",
}
"""Functions that begin a step, and its kind."""

FOLLOWING: dict[Callable[..., Any], str] = {
    F.batch_norm: "BatchNorm",
    F.relu: "ReLU",
    F.hardtanh: "ReLU6",
    F.leaky_relu: "LeakyReLU",
    F.elu: "ELU",
    F.gelu: "GELU",
    F.silu: "SiLU",
    torch.tanh: "Tanh",
}
"""Functions that belong to the step whose output they take."""

SUM = "Sum"
NAMES = {"Conv": "conv", "Linear": "dense", SUM: "sum"}  # of steps, in front of their number
POOL = "pool"


@dataclass(frozen=True)
class Sight:
    """How much of the picture one value sees, in pixels.

    field: side of the square; stride: how far apart two neighbours look; start: where the square of
    the first place begins, below 0 where it sees padding
    """

    field: int = 1
    stride: int = 1
    start: int = 0

    def through(self, kernel: int, stride: int, padding: int) -> "Sight":
        return Sight(
            self.field + (kernel - 1) * self.stride,
            self.stride * stride,
            self.start - padding * self.stride,
        )

    def with_other(self, other: "Sight") -> "Sight":
        """Of what is made from both."""
        start = min(self.start, other.start)
        end = max(self.start + self.field, other.start + other.field)
        return Sight(end - start, max(self.stride, other.stride), start)

    def of_all(self) -> "Sight":
        """Of what is made from every place."""
        field = max(self.field, IMAGE_SIZE)
        return Sight(field, self.stride, (IMAGE_SIZE - field) // 2)

    def box(self, row: int, column: int) -> tuple[int, int, int, int]:
        """What a place sees of the picture: top, left, bottom and right edge, 0 to 32."""
        top, left = (self.start + self.stride * place for place in (row, column))
        edges = (top, left, top + self.field, left + self.field)
        top, left, bottom, right = (min(max(edge, 0), IMAGE_SIZE) for edge in edges)
        return top, left, bottom, right


@dataclass(frozen=True)
class Step:
    """A layer with weights, one that changes the picture's size, or a sum of two branches; with
    the normalisation and activation that follow it.

    name: in links, such as conv3: its kind and which of that kind it is, from 1
    module: name of the module whose weights it has; empty for one without
    block: name of the module that is a block of several steps; empty outside of those
    inputs: numbers of the steps that it takes from, from 0; empty where it takes the picture
    then: what follows it, such as BatchNorm and ReLU
    shape: the output's, without the batch dimension: (channels, height, width) or (features,)
    parameters: weights, biases, scales and shifts, learned or fixed, of what follows as well
    flops: multiplications and additions for one image; only convolutions and dense layers count
    score, output: numbers of the calls that give its values before the activation, and after
    """

    name: str
    kind: str
    module: str
    block: str
    inputs: tuple[int, ...]
    kernel: int
    stride: int
    depthwise: bool
    then: tuple[str, ...]
    shape: tuple[int, ...]
    sight: Sight
    parameters: int
    flops: int
    score: int
    output: int

    @property
    def receptive_field(self) -> int:
        """Side in input pixels of the square that one value can depend on."""
        return self.sight.field

    @property
    def has_maps(self) -> bool:
        """Whether its channels are maps of the picture, and not single numbers."""
        return len(self.shape) == 3 and self.shape[1] > 1


def trace(options: Model, classes: int) -> tuple[Step, ...]:
    """The steps of a model with these options, in the order in which they are computed.

    Its tensors have shapes but no values, so this takes neither memory nor arithmetic.
    """
    with torch.device("meta"):
        model = build_model(options, classes).eval()
        image = torch.zeros(1, 3, IMAGE_SIZE, IMAGE_SIZE)
    with torch.no_grad(), Tracing(model, image) as tracing:
        model(image)
    return tuple(Step(**vars(step)) for step in tracing.steps)


@dataclass
class _Draft:
    """A step that is not over yet."""

    name: str
    kind: str
    module: str
    block: str
    inputs: tuple[int, ...]
    shape: tuple[int, ...]
    sight: Sight
    score: int
    output: int
    kernel: int = 1
    stride: int = 1
    depthwise: bool = False
    then: tuple[str, ...] = ()
    parameters: int = 0
    flops: int = 0


@dataclass
class _Made:
    """By which steps a tensor was made, and what it sees; the tensor is kept, for its id is the key
    that this is found by."""

    steps: tuple[int, ...]
    sight: Sight
    tensor: Tensor = field(repr=False)


class Tracing(TorchFunctionMode):
    """Within it, a pass of `image` through `model` in this thread is written down."""

    def __init__(self, model: nn.Module, image: Tensor) -> None:
        super().__init__()
        self.steps: list[_Draft] = []
        self._calls = 0
        self._made = {id(image): _Made((), Sight(), image)}
        self._blocks = [
            name for name, part in model.named_modules() if type(part).__name__ in BLOCKS
        ]
        self._owners = {
            id(parameter): (name.rpartition(".")[0], parameter.numel())
            for name, parameter in model.named_parameters()
        }

    def made_by(self, output: Tensor) -> str:
        """The name of the step that put it out, or would have but for an activation; empty where
        there is none."""
        made = self._made.get(id(output))
        return self.steps[made.steps[-1]].name if made and made.steps else ""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        output = func(*args, **(kwargs or {}))
        number, self._calls = self._calls, self._calls + 1
        if isinstance(output, Tensor):
            self._record(func, args, kwargs or {}, output, number)
        return output

    def _record(
        self,
        func: Any,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        output: Tensor,
        number: int,
    ) -> None:
        given = [self._made[id(value)] for value in args if id(value) in self._made]
        if not given:
            return
        sources = tuple(dict.fromkeys(step for made in given for step in made.steps))
        sight = given[0].sight
        if func in BEGINNING or len(given) > 1:
            step = self._begin(func, args, kwargs, sources, number)
            step.shape = tuple(output.shape[1:])
            step.sight = sight = _seen(step, given, _padding(func, args, kwargs))
            self._weigh(step, args)
            sources = (len(self.steps) - 1,)
        elif func is F.pad:
            sight = sight.through(1, 1, padding=args[1][0])
        elif func in FOLLOWING and sources:
            step = self.steps[sources[-1]]
            step.then += (FOLLOWING[func],)
            step.output = number
            if all(name == "BatchNorm" for name in step.then):
                step.score = number
            step.parameters += self._own(args)[1] + self._own(kwargs.values())[1]
        self._made[id(output)] = _Made(sources, sight, output)

    def _begin(
        self,
        func: Any,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        sources: tuple[int, ...],
        number: int,
    ) -> _Draft:
        kind = BEGINNING.get(func, SUM)
        prefix = NAMES.get(kind, POOL)
        place = 1 + sum(NAMES.get(step.kind, POOL) == prefix for step in self.steps)
        module = self._own(args)[0]
        around = [name for name in self._blocks if f"{module}.".startswith(f"{name}.")]
        block = max(around, key=len, default="")
        if kind == SUM:
            block = self.steps[max(sources)].block
        step = _Draft(f"{prefix}{place}", kind, module, block, sources, (), Sight(), number, number)
        if kind == "Conv":
            step.kernel = args[1].shape[2]
            step.stride = _side(_argument(args, kwargs, 3, "stride", 1))
            step.depthwise = _argument(args, kwargs, 6, "groups", 1) > 1
        elif kind in ("MaxPool", "AvgPool"):
            step.kernel = _side(args[1])
            step.stride = _side(_argument(args, kwargs, 2, "stride", step.kernel))
        self.steps.append(step)
        return step

    def _weigh(self, step: _Draft, args: Sequence[Any]) -> None:
        step.parameters = self._own(args)[1]
        if step.kind in ("Conv", "Linear"):  # each weight multiplies and adds at each place
            step.flops = 2 * args[1].numel() * math.prod(step.shape[1:])

    def _own(self, values: Any) -> tuple[str, int]:
        """Whose parameters are among the values, and how many numbers they are."""
        found = [self._owners[id(value)] for value in values if id(value) in self._owners]
        return (found[0][0] if found else ""), sum(count for _, count in found)


def _seen(step: _Draft, given: Sequence[_Made], padding: int) -> Sight:
    sight = given[0].sight
    if step.kind == SUM:
        for other in given[1:]:
            sight = sight.with_other(other.sight)
        return sight
    if step.kind in ("Conv", "MaxPool", "AvgPool"):
        return sight.through(step.kernel, step.stride, padding)
    return sight.of_all()


def _padding(func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> int:
    place = {torch.conv2d: 4, F.max_pool2d: 3, F.avg_pool2d: 3}.get(func)
    return 0 if place is None else _side(_argument(args, kwargs, place, "padding", 0))


def _argument(args: Sequence[Any], kwargs: Mapping[str, Any], place: int, name: str, default: Any):
    return args[place] if len(args) > place else kwargs.get(name, default)


def _side(size: int | tuple[int, ...]) -> int:
    return size if isinstance(size, int) else size[0]
