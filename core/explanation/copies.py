"""Copies of a model that may be changed and hooked while other threads use the original."""

import copy
from collections.abc import Callable

from torch import Tensor, nn


def private_copy(model: nn.Module) -> nn.Module:
    """Activations that overwrite their input would overwrite a hooked layer's output with it, so in
    the copy none does."""
    duplicate = copy.deepcopy(model)
    for module in duplicate.modules():
        if "inplace" in vars(module):
            vars(module)["inplace"] = False
    return duplicate


def replaced(
    model: nn.Module, kinds: tuple[type[nn.Module], ...], by: Callable[[nn.Module], nn.Module]
) -> nn.Module:
    """A private copy in which `by` made another of every module of these kinds. Where a model uses
    one module twice, each use has its own."""
    duplicate = private_copy(model)
    for name, module in list(duplicate.named_modules(remove_duplicate=False)):
        if isinstance(module, kinds):
            duplicate.set_submodule(name, by(module))
    return duplicate


def contrasted(model: nn.Module, against: int) -> nn.Module:
    """A private copy whose every score is less that of the class `against`. As it is linear in the
    scores, whatever adds up to a score adds up to the difference."""
    duplicate = private_copy(model)

    def subtract(_module: nn.Module, _inputs: object, scores: Tensor) -> Tensor:
        return scores - scores[:, against : against + 1]

    duplicate.register_forward_hook(subtract)
    return duplicate
