"""Transfer learning: a model that begins with what another has learned."""

import torch
from torch import nn

from core.errors import ConvscopeError
from core.training.state import Tensors


@torch.no_grad()
def adopt(model: nn.Module, weights: Tensors) -> int:
    """Copy every tensor whose name and shape the model has; returns how many layers came along.

    A head for other classes, or a first layer for other picture sizes, stays fresh. Raises
    ConvscopeError when no convolution fits.
    """
    own = model.state_dict()
    fitting = {
        name: value
        for name, value in weights.items()
        if name in own and own[name].shape == value.shape
    }
    layers = sum(own[name].ndim >= 2 for name in fitting)
    if not any(own[name].ndim == 4 for name in fitting):
        raise ConvscopeError(
            "The network to start from has no convolution like this recipe's; choose the same "
            "family and the same channels."
        )
    model.load_state_dict(own | fitting)
    return layers


def freeze(model: nn.Module, layers: int) -> None:
    """Keep the weights of the first so many convolutions and dense layers, and of the batch norms
    behind them; batch norm's statistics still follow the new pictures, so that training and
    evaluation see the same. Raises ConvscopeError when nothing would be left to learn."""
    weighted = [m for m in model.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    if layers >= len(weighted):
        raise ConvscopeError(
            f"start.frozen is {layers}, but the network has {len(weighted)} layers; leave it at "
            "least one to learn."
        )
    seen = 0
    for module in model.modules():
        seen += isinstance(module, nn.Conv2d | nn.Linear)
        if 0 < seen <= layers:
            for parameter in module.parameters(recurse=False):
                parameter.requires_grad_(False)
