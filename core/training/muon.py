"""Muon: momentum whose steps for convolutions are orthogonal matrices."""

from collections.abc import Iterable

import torch
from torch import Tensor

Move = tuple[Tensor, Tensor]  # a parameter, and where its momentum leads

NEWTON_SCHULZ_STEPS = 3
# Of the odd polynomial ax + bx^3 + cx^5 that drives singular values towards 1 fastest: it leaves
# them between about 0.7 and 1.2, which is near enough.
A, B, C = 3.4445, -4.7750, 2.0315


def orthogonalise(matrices: Tensor, steps: int = NEWTON_SCHULZ_STEPS) -> Tensor:
    """About the nearest matrices with orthonormal rows (or columns, of tall ones).

    With the singular value decomposition USV', that is UV'. A Newton-Schulz iteration finds it by
    matrix products alone, in bfloat16 (Jordan et al. 2024, kellerjordan.github.io/posts/muon).
    float32 [..., m, n] to float32 [..., m, n].
    """
    tall = matrices.shape[-2] > matrices.shape[-1]
    wide = matrices.mT if tall else matrices
    x = (wide / (wide.norm(dim=(-2, -1), keepdim=True) + 1e-7)).bfloat16()
    for _ in range(steps):
        gram = x @ x.mT
        x = A * x + (B * gram + C * gram @ gram) @ x
    x = x.float()
    return x.mT if tall else x


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
            moves: list[Move] = [
                (parameter, self._nesterov(parameter, group["momentum"]))
                for parameter in group["params"]
                if parameter.grad is not None
            ]
            if group["orthogonal"]:
                for kernels in _alike(moves):
                    _turn(kernels, group["lr"], moved)
                continue
            for parameter, direction in moves:
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


def _alike(moves: list[Move]) -> Iterable[list[Move]]:
    """Those whose kernels are matrices of one shape together: a GPU has a few large products sooner
    than many small ones."""
    shapes: dict[tuple[int, int], list[Move]] = {}
    for kernel, direction in moves:
        shapes.setdefault((len(kernel), kernel[0].numel()), []).append((kernel, direction))
    return shapes.values()


def _turn(kernels: list[Move], rate: Tensor, moved: Tensor) -> None:
    """Step kernels of one shape against their directions, made orthogonal, and give them their
    lengths again; where `moved` is 0, do nothing."""
    updates = orthogonalise(torch.stack([direction.flatten(1) for _, direction in kernels]))
    for (kernel, _), update in zip(kernels, torch.nan_to_num(updates), strict=True):
        kernel.sub_(update.view(kernel.shape) * (rate * moved))
        kernel.mul_(1 + moved * (len(kernel) ** 0.5 / kernel.norm() - 1))
