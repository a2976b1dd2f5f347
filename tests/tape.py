"""What CUDA graphs do, on the CPU: work is recorded as operations on tensors and not done, and
later repeated with whatever these tensors hold then. The host's numbers are recorded too."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from core.training.recording import Told, Work


class Tape:
    """A recorder for tests; `recorded` counts."""

    recorded = 0

    def warm_up(self, work: Work) -> Told:
        return work()

    def record(self, work: Work) -> tuple[Callable[[], None], Told]:
        self.recorded += 1
        with _Recording() as recording:
            told = work()
        recording.undo()
        return recording.repeat, told


class _Recording(TorchDispatchMode):
    def __init__(self) -> None:
        super().__init__()
        self._operations: list[tuple[Any, tuple[Any, ...], dict[str, Any], list[Tensor]]] = []
        self._before: dict[int, tuple[Tensor, Tensor]] = {}
        self._made: set[int] = set()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> object:
        kwargs = kwargs or {}
        for tensor in _tensors((args, kwargs)):
            address = tensor.untyped_storage().data_ptr()
            if address not in self._made and address not in self._before:
                bare = tensor.detach()
                self._before[address] = bare, bare.clone()
        told = func(*args, **kwargs)
        made = _tensors(told)
        given = {tensor.untyped_storage().data_ptr() for tensor in _tensors((args, kwargs))}
        self._made |= {tensor.untyped_storage().data_ptr() for tensor in made} - given
        self._operations.append((func, args, kwargs, made))
        return told

    def undo(self) -> None:
        """Whatever was there holds what it held before."""
        for tensor, value in self._before.values():
            tensor.copy_(value)

    @torch.no_grad()
    def repeat(self) -> None:
        for func, args, kwargs, made in self._operations:
            for to, value in zip(made, _tensors(func(*args, **kwargs)), strict=True):
                if to.untyped_storage().data_ptr() != value.untyped_storage().data_ptr():
                    to.detach().copy_(value)


def _tensors(values: object) -> list[Tensor]:
    return [leaf for leaf in tree_leaves(values) if isinstance(leaf, Tensor)]
