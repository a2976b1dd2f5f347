"""What `train` tells as it goes; every event is plain data. Those that the store keeps as tables
stand beside it, in `core.runs.events`."""

from dataclasses import dataclass, field

from torch import Tensor

from core.runs.events import EpochEnded, Steps
from core.training.state import TrainingState

__all__ = [
    "BestWeights",
    "Diverged",
    "EpochEnded",
    "Event",
    "Finished",
    "Paused",
    "Resumed",
    "Snapshot",
    "Started",
    "Steps",
    "Stopped",
    "Unstored",
]


@dataclass(frozen=True)
class Started:
    """Training begins, or goes on after `step` steps that an earlier part of the run made.

    adopted: layers that begin with another network's weights
    machine: what it trains on (see `describe_machine`)
    """

    device: str
    precision: str
    parameters: int
    training_images: int
    steps_per_epoch: int
    total_steps: int
    step: int
    adopted: int
    machine: dict[str, str]


@dataclass(frozen=True)
class BestWeights:
    """The weights with the best validation metric so far, on the CPU."""

    epoch: int
    validation_accuracy: float
    weights: dict[str, Tensor] = field(repr=False)


@dataclass(frozen=True)
class Snapshot:
    """All that is needed to go on from here as if training had never stopped."""

    state: TrainingState = field(repr=False)


@dataclass(frozen=True)
class Unstored:
    """What happened cannot be stored now, for the `reason` given, and is kept in memory. Training
    goes on, or waits where too much is kept already. Told by those who record events."""

    reason: str
    waits: bool


@dataclass(frozen=True)
class Paused:
    """Training waits; ask for the next event and it comes once `Control.resume` was called."""


@dataclass(frozen=True)
class Resumed:
    """Training goes on after a pause."""


@dataclass(frozen=True)
class Stopped:
    """Stopped on request; the snapshot before this event can be continued."""


@dataclass(frozen=True)
class Diverged:
    """Loss or gradient stopped being a number; the weights were not touched by that step."""

    step: int
    reason: str


@dataclass(frozen=True)
class Finished:
    """All epochs done, or stopped early because validation no longer got better."""

    epochs: int
    stopped_early: bool


Event = (
    Started
    | Steps
    | EpochEnded
    | BestWeights
    | Snapshot
    | Unstored
    | Paused
    | Resumed
    | Stopped
    | Diverged
    | Finished
)
