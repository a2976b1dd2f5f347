"""Optimizers, built so that a step with a non-finite loss can be skipped on the device."""

import torch
from torch import nn

from core.recipe import Optimizer


def build_optimizer(options: Optimizer, model: nn.Module) -> torch.optim.Optimizer:
    """The recipe's optimizer over two groups: matrices and kernels, which decay, and the rest.

    Fused kernels are faster and take a `found_inf` tensor: where it is 1, a step changes nothing,
    and the host needn't wait to know.
    """
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    groups = [
        {"params": [p for p in trainable if p.ndim > 1], "weight_decay": options.weight_decay},
        {"params": [p for p in trainable if p.ndim <= 1], "weight_decay": 0.0},
    ]
    rate, momentum = options.learning_rate, options.momentum
    if options.name == "sgd":
        return torch.optim.SGD(
            groups, lr=rate, momentum=momentum, nesterov=momentum > 0, fused=True
        )
    kind = torch.optim.Adam if options.name == "adam" else torch.optim.AdamW
    return kind(groups, lr=rate, betas=(momentum, 0.999), fused=True)
