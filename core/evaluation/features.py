"""What a network makes of images before it gives them scores: its penultimate features, and what
stands at lesser depths."""

import copy
from dataclasses import dataclass, replace
from itertools import chain
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn

from core.data.pictures import Report, silent
from core.models.layers import ACTIVATIONS
from core.models.network import Network

NONLINEAR = (*ACTIVATIONS.values(), nn.ReLU6)  # the last stands in MobileNetV2


def features_of(network: Network, images: Tensor, report: Report = silent) -> np.ndarray:
    """The input of the layer that makes the class scores: uint8 [N, 32, 32, 3] to float32 [N, D].

    In every family that layer is the last nn.Linear (see `core.models.families`). A copy of the
    model ends before it; the model itself stays as it is.
    """
    model = copy.deepcopy(network.model)
    last = [name for name, layer in model.named_modules() if isinstance(layer, nn.Linear)][-1]
    model.set_submodule(last, nn.Identity())
    return replace(network, model=model).logits(images, report=report).numpy()


@dataclass(frozen=True)
class Depths:
    """What N images are at four depths of a network, each float32 with a row an image.

    early: the mean of each channel after the last activation at the second finest resolution
    middle: the greatest value of each channel after the last activation at the second coarsest
    late: the penultimate features, as `features_of` gives them
    logits: the class scores
    """

    early: np.ndarray
    middle: np.ndarray
    late: np.ndarray
    logits: np.ndarray

    def __getitem__(self, rows: slice) -> Self:
        parts = (self.early, self.middle, self.late, self.logits)
        return type(self)(*(part[rows] for part in parts))


def depths_of(network: Network, images: Tensor, report: Report = silent) -> Depths:
    """All of them in one pass over uint8 [N, 32, 32, 3]. The model itself stays as it is."""
    tapped = _Tapped(network.model)
    rows = replace(network, model=tapped).logits(images, report=report).numpy()
    return Depths(*np.split(rows, np.cumsum(tapped.widths)[:-1], axis=1))


class _Tapped(nn.Module):
    """Gives what stands in `Depths` side by side, from a copy of a model that shares its weights,
    so that nobody else meets the hooks."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        weights = chain(model.parameters(), model.buffers())
        self.model = copy.deepcopy(model, {id(tensor): tensor for tensor in weights})
        self.widths: list[int] = []
        self._stages: dict[int, Tensor] = {}  # by height; no layer here changes what it is given
        self._late: list[Tensor] = []
        for layer in self.model.modules():
            if isinstance(layer, NONLINEAR):
                layer.register_forward_hook(self._keep_stage)
        linear = [layer for layer in self.model.modules() if isinstance(layer, nn.Linear)]
        linear[-1].register_forward_pre_hook(self._keep_late)

    def forward(self, images: Tensor) -> Tensor:
        self._stages.clear()
        self._late.clear()
        logits = self.model(images)
        stages = list(self._stages.values())
        early, middle = stages[min(1, len(stages) - 1)], stages[max(len(stages) - 2, 0)]
        depths = [early.mean((2, 3)), middle.amax((2, 3)), *self._late, logits]
        self.widths = [depth.shape[1] for depth in depths]
        return torch.cat(depths, dim=1)

    def _keep_stage(self, _layer: nn.Module, _inputs: object, output: Tensor) -> None:
        if output.ndim == 4:
            self._stages[output.shape[2]] = output

    def _keep_late(self, _layer: nn.Module, inputs: tuple[Tensor]) -> None:
        self._late.append(inputs[0])
