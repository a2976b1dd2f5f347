"""What the steps of a network put out, read without hooks.

A mode sees the calls of torch's functions in this thread alone, so other threads may use the same
network meanwhile.
"""

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from core.errors import ConvscopeError
from core.models.graph import Step


def step_named(steps: Sequence[Step], name: str) -> Step:
    """Raises ConvscopeError where the network has none of this name."""
    for step in steps:
        if step.name == name:
            return step
    raise ConvscopeError(
        f"This network has no layer '{name[:40]}'; its layers are {steps[0].name} to "
        f"{steps[-1].name}. Choose one of them."
    )


def output_of(model: nn.Module, inputs: Tensor, step: Step) -> Tensor:
    """What a step makes of [N, 3, 32, 32], after its activation: float [N, *step.shape]. What comes
    after the step is not computed."""
    return _output(model, inputs, step.output)


def score_of(model: nn.Module, inputs: Tensor, step: Step) -> Tensor:
    """The same before its activation, which has a gradient also where the activation has none."""
    return _output(model, inputs, step.score)


def outputs_of(
    model: nn.Module, inputs: Tensor, steps: Sequence[Step], see: Callable[[Step, Tensor], None]
) -> None:
    """Run the model over [N, 3, 32, 32], up to the last of the steps, and show what each puts out.
    What `see` is shown may be overwritten after it returns."""
    by_call = {step.output: step for step in steps}
    _run(model, inputs, set(by_call), lambda call, output: see(by_call[call], output))


def ensure_finite(*computed: Tensor) -> None:
    """Raises ConvscopeError where a number is infinite or none, before anything is made of it."""
    if not all(bool(each.isfinite().all()) for each in computed):
        raise ConvscopeError(
            "This network computes numbers beyond what floating point can hold, so there is "
            "nothing to show of its layers; its weights are too large. Choose another network."
        )


def _output(model: nn.Module, inputs: Tensor, call: int) -> Tensor:
    found: list[Tensor] = []
    _run(model, inputs, {call}, lambda _, output: found.append(output))
    return found[0]


def _run(
    model: nn.Module, inputs: Tensor, calls: set[int], see: Callable[[int, Tensor], None]
) -> None:
    try:
        with _Watching(calls, see):
            model(inputs)
    except _SeenError:
        pass


class _SeenError(Exception):
    """Ends a pass behind the last call that is wanted."""


class _Watching(TorchFunctionMode):
    """Counts calls as `core.models.graph` does."""

    def __init__(self, calls: set[int], see: Callable[[int, Tensor], None]) -> None:
        super().__init__()
        self._left, self._see, self._next = set(calls), see, 0

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        output = func(*args, **(kwargs or {}))
        number, self._next = self._next, self._next + 1
        if number in self._left:
            self._left.remove(number)
            self._see(number, output)
            if not self._left:
                raise _SeenError
        return output
