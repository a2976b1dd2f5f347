"""A GPU that computes nothing: torch's fake tensors say where a GPU's tensors would be and how
large. Whoever asks one for its value is refused, as is an operation on two devices at once: on a
real GPU, the one would wait for the device and the other fail.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch._subclasses.fake_impls import register_op_impl
from torch._subclasses.fake_tensor import FakeCopyMode, FakeTensorMode
from torch.autograd.graph import Node
from torch.utils._pytree import tree_leaves

CUDA = torch.device("cuda")
FUSED = ("sgd", "adam", "adamw")  # optimizers' kernels, which torch has no fake ones for


@contextmanager
def fake_cuda(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Inside, tensors are fake, on the CPU or on `CUDA`, and no real one may meet them.

    What torch does with a driver alone is replaced: autocast's look for a GPU and the backward
    engine, so that torch's own kernels for it don't run and gradients have their shapes at once.
    `nn.Module.to` would be refused for references that the fake mode itself keeps.
    """
    patch.setattr("torch.cuda.amp.common.amp_definitely_not_available", lambda: False)
    patch.setattr("torch.cuda.is_bf16_supported", lambda **_: True)
    patch.setattr("torch.autograd._engine_run_backward", _gradients)
    patch.setattr("torch.utils.swap_tensors", _swap)
    mode = FakeTensorMode(allow_fallback_kernels=False, allow_non_fake_inputs=False)
    with mode, FakeCopyMode(mode):
        yield


def _gradients(
    outputs: Sequence[Tensor],
    _gradients: Any,
    _retain: bool,
    _create: bool,
    inputs: Sequence[Tensor],
    *_: Any,
    accumulate_grad: bool,
    **__: Any,
) -> tuple[Tensor, ...]:
    if not accumulate_grad:
        return tuple(map(torch.empty_like, inputs))
    for leaf in _leaves([output.grad_fn for output in outputs]):
        leaf.grad = torch.empty_like(leaf)
    return ()


def _leaves(nodes: list[Node | None]) -> Iterator[Tensor]:
    """The parameters that a backward pass from `nodes` reaches."""
    seen = set()
    while nodes:
        node = nodes.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if isinstance(leaf := getattr(node, "variable", None), nn.Parameter):
            yield leaf
        nodes += [before for before, _ in node.next_functions]


def _swap(first: Tensor, second: Tensor) -> None:
    first.__class__, second.__class__ = second.__class__, first.__class__
    attributes = dict(vars(first))
    for tensor, its in ((first, dict(vars(second))), (second, attributes)):
        vars(tensor).clear()
        vars(tensor).update(its)
    torch._C._swap_tensor_impl(first, second)


@register_op_impl([getattr(torch.ops.aten, f"_fused_{n}_").tensor_lr for n in FUSED])
def _fused_step(_mode: FakeTensorMode, _operation: Any, *args: Any, **named: Any) -> None:
    devices = {x.device for x in tree_leaves((args, named)) if isinstance(x, Tensor)}
    assert len(devices) == 1, f"a fused step mixes {devices}"
