"""A training run frozen between two steps, and its file."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
from pydantic import Field, NonNegativeInt, TypeAdapter
from safetensors.torch import save
from torch import Tensor

from core.data.dataset import Dataset
from core.errors import ConvscopeError
from core.files import write_atomically
from core.machine import Precision
from core.recipe import Recipe
from core.tensors import DamagedFileError, open_tensors
from core.training.best import BestSoFar
from core.training.schedules import Plateau

Tensors = dict[str, Tensor]
Total = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a run is, in numbers and words.

    step: steps done; totals: sums over this epoch so far of loss, correct answers and images
    seconds: training time of this epoch so far
    data, precision, device: the data set's fingerprint, the numbers' format and the device's kind
    ('cpu', 'cuda', 'mps') that the run keeps to; "" where an older version did not store them
    """

    step: NonNegativeInt
    totals: tuple[Total, Total, Total]
    seconds: Total
    plateau: Plateau
    best: BestSoFar
    data: str = ""
    precision: Precision | Literal[""] = ""
    device: Annotated[str, Field(max_length=20)] = ""

    @staticmethod
    def at_start(recipe: Recipe) -> "Progress":
        """Before the first step of a run."""
        stopping, schedule = recipe.early_stopping, recipe.schedule
        return Progress(
            step=0,
            totals=(0.0, 0.0, 0.0),
            seconds=0.0,
            plateau=Plateau(schedule.every, schedule.factor),
            best=BestSoFar(stopping.metric, stopping.patience),
        )


@dataclass(frozen=True, kw_only=True)
class TrainingState(Progress):
    """All that the next step depends on; randomness is not in it, being a function of the step.

    memory: what else is carried from step to step, such as the images' last losses
    """

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

    def fits(self, model: Tensors, memory: Tensors, averaged: bool) -> bool:
        """Whether its tensors have the names, shapes and kinds of a run's with these."""
        own = _forms(model)
        return (
            _forms(self.model) == own
            and _forms(self.memory) == _forms(memory)
            and _forms(self.average) == (own if averaged else {})
            and _forms(self.best_weights) == (own if self.best.epoch else {})
        )

    def optimizer_fits(self, parameters: Sequence[Tensor], names: Collection[str]) -> bool:
        """Whether the optimizer remembers all `names` of each parameter: tensors of its shape, or
        single numbers."""
        expected = {f"{n}/{name}": p for n, p in enumerate(parameters) for name in names}
        return self.optimizer.keys() == expected.keys() and all(
            value.is_floating_point() and value.shape in ((), expected[key].shape)
            for key, value in self.optimizer.items()
        )


_PROGRESS = TypeAdapter(Progress)
TENSOR_GROUPS = ("model", "optimizer", "average", "best_weights", "memory")


def save_state(path: Path, state: TrainingState) -> None:
    """Write `state` to a safetensors file, atomically. Raises ConvscopeError when it cannot."""
    tensors: Tensors = {}
    for group in TENSOR_GROUPS:
        for name, value in getattr(state, group).items():
            tensors[f"{group}/{name}"] = value.contiguous()
    scalars = {part.name: getattr(state, part.name) for part in fields(Progress)}
    text = json.dumps(scalars, default=asdict)
    write_atomically(path, save(tensors, metadata={"state": text}))


def damaged(name: str = "") -> ConvscopeError:
    """What is said of a state, in the file `name`, that no run can go on from."""
    return ConvscopeError(
        f"The saved training state {name and f'{name} '}is damaged, so this run cannot go on; "
        "train it again from its recipe."
    )


def load_state(path: Path) -> TrainingState:
    """Read what `save_state` wrote. Raises ConvscopeError when the file is damaged."""
    groups: dict[str, Any] = {group: {} for group in TENSOR_GROUPS}
    try:
        with open_tensors(path) as file:
            progress = _PROGRESS.validate_json(file.metadata()["state"])
            for key in file.keys():  # noqa: SIM118
                group, name = key.split("/", 1)
                groups[group][name] = file.get_tensor(key)
    except DamagedFileError as error:
        raise damaged(path.name) from error
    return TrainingState(**vars(progress), **groups)


def _forms(tensors: Tensors) -> dict[str, tuple[torch.Size, torch.dtype]]:
    return {name: (value.shape, value.dtype) for name, value in tensors.items()}
