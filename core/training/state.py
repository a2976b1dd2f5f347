"""A training run frozen between two steps, and its file."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from core.data.dataset import Dataset
from core.errors import ConvscopeError
from core.files import write_atomically
from core.machine import Precision
from core.training.best import BestSoFar
from core.training.schedules import Plateau

Tensors = dict[str, Tensor]


@dataclass(frozen=True)
class TrainingState:
    """All that the next step depends on; randomness is not in it, being a function of the step.

    step: steps done; totals: sums over this epoch so far of loss, correct answers and images
    seconds: training time of this epoch so far
    data, precision, device: the data set's fingerprint, the numbers' format and the device's kind
    ('cpu', 'cuda', 'mps') that the run keeps to; "" where an older version did not store them
    memory: what else is carried from step to step, such as the images' last losses
    """

    step: int
    totals: tuple[float, float, float]
    seconds: float
    plateau: Plateau
    best: BestSoFar
    data: str
    precision: Precision | Literal[""]
    device: str
    model: Tensors = field(repr=False)
    optimizer: Tensors = field(repr=False)
    average: Tensors = field(repr=False)
    best_weights: Tensors = field(repr=False)
    memory: Tensors = field(repr=False, default_factory=dict)

    def ensure_resumable(self, data: Dataset, device: torch.device) -> None:
        """Raises ConvscopeError when the run was begun on other data or another kind of device."""
        if self.data:
            data.ensure_same(self.data, "this run")
        if self.device not in ("", device.type):
            raise ConvscopeError(
                f"This run was begun on a device of the kind '{self.device}' and would come out "
                f"otherwise on '{device.type}'. Resume it where there is a '{self.device}' to "
                "train on, or train the recipe anew."
            )


TENSOR_GROUPS = ("model", "optimizer", "average", "best_weights", "memory")


def save_state(path: Path, state: TrainingState) -> None:
    """Write `state` to a safetensors file, atomically. Raises ConvscopeError when it cannot."""
    tensors: Tensors = {}
    for group in TENSOR_GROUPS:
        for name, value in getattr(state, group).items():
            tensors[f"{group}/{name}"] = value.contiguous()
    scalars = {
        "step": state.step,
        "totals": state.totals,
        "seconds": state.seconds,
        "plateau": asdict(state.plateau),
        "best": asdict(state.best),
        "data": state.data,
        "precision": state.precision,
        "device": state.device,
    }
    write_atomically(path, save(tensors, metadata={"state": json.dumps(scalars)}))


def load_state(path: Path) -> TrainingState:
    """Read what `save_state` wrote. Raises ConvscopeError when the file is damaged."""
    groups: dict[str, Any] = {group: {} for group in TENSOR_GROUPS}
    try:
        with safe_open(path, framework="pt") as file:
            scalars = json.loads(file.metadata()["state"])
            for key in file.keys():  # noqa: SIM118
                group, name = key.split("/", 1)
                groups[group][name] = file.get_tensor(key)
        return TrainingState(
            step=scalars["step"],
            totals=tuple(scalars["totals"]),
            seconds=scalars["seconds"],
            plateau=Plateau(**scalars["plateau"]),
            best=BestSoFar(**scalars["best"]),
            data=scalars.get("data", ""),
            precision=scalars.get("precision", ""),
            device=scalars.get("device", ""),
            **groups,
        )
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise ConvscopeError(
            f"The saved training state {path.name} is damaged, so this run cannot go on; "
            "train it again from its recipe."
        ) from error
