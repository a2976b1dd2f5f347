"""Muon: momentum whose steps for convolutions are orthogonal matrices."""

import torch
from torch import Tensor

NEWTON_SCHULZ_STEPS = 3
# Of the odd polynomial ax + bx^3 + cx^5 that drives singular values towards 1 fastest: it leaves
# them between about 0.7 and 1.2, which is near enough.
A, B, C = 3.4445, -4.7750, 2.0315


def orthogonalise(matrix: Tensor, steps: int = NEWTON_SCHULZ_STEPS) -> Tensor:
    """About the nearest matrix with orthonormal rows (or columns, of a tall one).

    With the singular value decomposition USV', that is UV'. A Newton-Schulz iteration finds it by
    matrix products alone, in bfloat16 (Jordan et al. 2024, kellerjordan.github.io/posts/muon).
    float32 [m, n] to float32 [m, n].
    """
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    x = (wide / (wide.norm() + 1e-7)).bfloat16()
    for _ in range(steps):
        gram = x @ x.T
        x = A * x + (B * gram + C * gram @ gram) @ x
    x = x.float()
    return x if matrix.shape[0] <= matrix.shape[1] else x.T


class Muon(torch.optim.Optimizer):
    """Nesterov momentum; groups marked 'orthogonal' step by the orthogonalised momentum.

    Their kernels [out, in, height, width] are seen as matrices with a row for each output channel,
    and each kernel keeps the length sqrt(out), so that the learning rate is the angle by which it
    turns; behind batch norm, its length would not matter otherwise. The other groups take the
    plain steps of SGD, with decoupled weight decay.

    Where `found_inf` is 1, a step leaves the weights as they were.
    """

    found_inf: Tensor

    def __init__(self, groups: list[dict[str, object]], lr: float, momentum: float) -> None:
        super().__init__(groups, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        moved = 1.0 - self.found_inf
        for group in self.param_groups:
            decay = group["weight_decay"] * group["lr"] / group["peak"]
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                direction = self._nesterov(parameter, group["momentum"])
                if group["orthogonal"]:
                    _turn(parameter, direction, group["lr"], moved)
                else:
                    parameter.mul_(1 - decay * moved)
                    parameter.sub_(torch.nan_to_num(direction) * (group["lr"] * moved))

    def _nesterov(self, parameter: Tensor, momentum: float) -> Tensor:
        """Gradient plus momentum, looked ahead as torch's SGD does."""
        assert parameter.grad is not None
        memory = self.state[parameter]
        if "momentum_buffer" not in memory:
            memory["momentum_buffer"] = torch.zeros_like(parameter)
        velocity = memory["momentum_buffer"].mul_(momentum).add_(parameter.grad)
        return parameter.grad.add(velocity, alpha=momentum)


def _turn(kernel: Tensor, direction: Tensor, rate: float, moved: Tensor | float) -> None:
    """Step `kernel` against `direction`, made orthogonal, and give it its length again; where
    `moved` is 0, do nothing."""
    update = orthogonalise(direction.flatten(1)).view(kernel.shape)
    kernel.sub_(torch.nan_to_num(update) * (rate * moved))
    kernel.mul_(1 + moved * (len(kernel) ** 0.5 / kernel.norm() - 1))
