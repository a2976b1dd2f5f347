"""A network that has learned nothing (Adebayo et al. 2018, arXiv:1810.03292, section 3)."""

from dataclasses import replace

import torch
from torch import Tensor, nn

from core.explanation.copies import private_copy
from core.models.network import Network

NOISES = 16  # pictures of noise, by which normalisation is set anew


def randomised(network: Network, seed: int) -> Network:
    """The same layers with weights drawn anew, each layer's as far spread as those it had."""
    generator = torch.Generator().manual_seed(seed)
    model = private_copy(network.model)
    with torch.no_grad():
        for weights in model.parameters():
            if weights.dim() > 1:
                drawn = torch.randn(weights.shape, generator=generator).to(weights)
                weights.copy_(drawn * weights.std())
        _normalise_anew(
            model, torch.randn(NOISES, 3, 32, 32, generator=generator).to(network.device)
        )
    return replace(network, model=model)


def _normalise_anew(model: nn.Module, inputs: Tensor) -> None:
    """Else what normalised the old weights' maps would silence the new ones' or blow them up."""
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = 1.0
        norm.train()
    model(inputs)
    for norm in norms:
        norm.eval()
