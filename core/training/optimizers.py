"""Optimizers, built so that a step with a non-finite loss can be skipped on the device."""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from core.models.whitening import Whitening
from core.recipe import Optimizer, Schedule
from core.training.muon import Muon


@dataclass(frozen=True, order=True)
class _Kind:
    """What the parameters of one group share.

    fixed: does not decay (biases, batch norm)
    end: share of the run after which they are frozen
    rate: their learning rate, times the recipe's
    orthogonal: Muon's steps are for them
    """

    fixed: bool
    end: float
    rate: float
    orthogonal: bool


Group = dict[str, Any]
"""Parameters and how they learn: 'params'; 'lr', a tensor beside them which the loop sets before
each step; 'peak', what it is at the schedule's top; 'weight_decay'; 'orthogonal'."""


@dataclass(frozen=True)
class Rule:
    """What the loop asks of a rule that makes steps of gradients.

    build: an optimizer over these groups. Before its `step()` the learner sets its attribute
        `found_inf`, a float tensor on the device: where it is 1, the weights have to stay as they
        are, however bad the gradients, and the host never waits to know. torch's fused optimizers
        do so; in one's own, multiply the step by 1 - found_inf (see `core/training/muon.py`)
    remembers: the names of what it keeps for each parameter in its state, which snapshots hold
    orthogonal: whether kernels of convolutions are marked 'orthogonal', in groups of their own
    """

    build: Callable[[list[Group], Optimizer], torch.optim.Optimizer]
    remembers: Callable[[Optimizer], tuple[str, ...]]
    orthogonal: bool = False


def build_optimizer(
    options: Optimizer, model: nn.Module, schedule: Schedule | None = None
) -> torch.optim.Optimizer:
    """The recipe's optimizer; each group says in 'rate' and 'end' how its rate differs.

    Matrices and kernels decay, biases and batch norm don't. Fused kernels are faster and take a
    `found_inf` tensor: where it is 1, a step changes nothing, and the host needn't wait to know.
    The learning rates 'lr' are tensors beside the parameters, so a step is always the same work.
    """
    kinds: dict[_Kind, list[nn.Parameter]] = {}
    for kind, parameter in _kinds(options, model, schedule or Schedule()):
        kinds.setdefault(kind, []).append(parameter)
    rate = options.learning_rate
    groups: list[Group] = [
        {
            "params": parameters,
            "lr": torch.tensor(rate * kind.rate, device=parameters[0].device),
            "peak": rate * kind.rate,
            "rate": kind.rate,
            "end": kind.end,
            "weight_decay": 0.0 if kind.fixed else options.weight_decay,
            "orthogonal": kind.orthogonal,
        }
        for kind, parameters in sorted(kinds.items())
    ]
    optimizer = OPTIMIZERS[options.name].build(groups, options)
    # Fused optimizers skip the step where these say so (torch's own gradient scaler uses them).
    optimizer.found_inf = torch.zeros((), device=next(model.parameters()).device)  # pyright: ignore[reportAttributeAccessIssue]
    optimizer.grad_scale = None  # pyright: ignore[reportAttributeAccessIssue]
    return optimizer


def remembered(options: Optimizer) -> tuple[str, ...]:
    """What the recipe's optimizer carries from step to step for each parameter."""
    return OPTIMIZERS[options.name].remembers(options)


def _kinds(
    options: Optimizer, model: nn.Module, schedule: Schedule
) -> Iterator[tuple[_Kind, nn.Parameter]]:
    """Every trainable parameter with its kind, layer by layer; a layer's norm belongs to it."""
    layers = [m for m in model.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    number = 0
    for module in model.modules():
        if number < len(layers) and module is layers[number]:
            number += 1
        earlier = max(0, len(layers) - number) / max(1, len(layers) - 1)  # 1 at the first, 0 last
        end = 1 - (1 - schedule.freezing) * earlier**3
        if isinstance(module, Whitening):
            end = min(end, schedule.whitening_freezing)
        for parameter in module.parameters(recurse=False):
            flat, head = parameter.ndim <= 1, module is layers[-1]
            rate = options.head_rate if head else options.bias_rate if flat else 1.0
            orthogonal = OPTIMIZERS[options.name].orthogonal and parameter.ndim == 4
            if parameter.requires_grad:
                yield _Kind(flat, end, rate, orthogonal), parameter


class DecoupledSGD(torch.optim.SGD):
    """SGD whose weight decay is a share of the weights, not a part of the gradient.

    A step at the rate r takes off `weight_decay` * r / (the recipe's rate): decay follows the
    schedule and is tuned apart from the rate (Loshchilov & Hutter 2017, arXiv:1711.05101).
    """

    found_inf: torch.Tensor

    def __init__(self, groups: list[dict[str, object]], lr: float, **options: object) -> None:
        for group in groups:
            group["decay"] = group["weight_decay"]
            group["weight_decay"] = 0.0
        super().__init__(groups, lr=lr, **options)  # pyright: ignore[reportArgumentType]

    @torch.no_grad()
    def step(self) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        moved = 1.0 - self.found_inf
        for group in self.param_groups:
            decay = group["decay"] * group["lr"] / group["peak"]
            for parameter in group["params"]:
                if parameter.grad is not None:
                    parameter.mul_(1 - decay * moved)
        super().step()


def _sgd(groups: list[Group], options: Optimizer) -> torch.optim.Optimizer:
    kind = DecoupledSGD if options.decoupled else torch.optim.SGD
    momentum = options.momentum
    return kind(
        groups, lr=options.learning_rate, momentum=momentum, nesterov=momentum > 0, fused=True
    )


def _adam(groups: list[Group], options: Optimizer) -> torch.optim.Optimizer:
    kind = torch.optim.AdamW if options.name == "adamw" else torch.optim.Adam
    on_gpu = groups[0]["lr"].device.type == "cuda"  # where a step may be recorded, or may not be
    if on_gpu:
        warnings.filterwarnings("ignore", "This instance was constructed with capturable=True")
    return kind(groups, betas=(options.momentum, 0.999), fused=True, capturable=on_gpu)


def _muon(groups: list[Group], options: Optimizer) -> torch.optim.Optimizer:
    return Muon(groups, options.learning_rate, options.momentum)


def _adams_moments(_options: Optimizer) -> tuple[str, ...]:
    return "step", "exp_avg", "exp_avg_sq"


OPTIMIZERS: dict[str, Rule] = {
    "sgd": Rule(_sgd, lambda options: ("momentum_buffer",) if options.momentum else ()),
    "adam": Rule(_adam, _adams_moments),
    "adamw": Rule(_adam, _adams_moments),
    "muon": Rule(_muon, lambda _options: ("momentum_buffer",), orthogonal=True),
}
