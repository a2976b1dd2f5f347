"""Where a run's arithmetic is done: on a device of this process, or elsewhere by the same steps."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor

from core.data import Report, load_dataset
from core.data.dataset import Dataset
from core.errors import ConvscopeError
from core.evaluation.calibration import fit_temperature
from core.evaluation.logits import SplitLogits, logits_of
from core.jobs.out_of_memory import out_of_memory_advice
from core.models.network import Network
from core.prediction import Reference
from core.prediction.reference import reference_if_possible
from core.recipe import Data, Recipe
from core.runs.checkpoint import Card, Checkpoint
from core.training import Control, TrainingState, events, train

LOOK_SECONDS = 0.2  # between two looks of a run that pauses
Look = Callable[[str], None]


@dataclass(frozen=True)
class Measured:
    """What the best weights of a run say, told before it is finished.

    temperature: fitted on validation; reference: what is familiar, None where too few images tell
    """

    validation: SplitLogits = field(repr=False)
    test: SplitLogits = field(repr=False)
    temperature: float
    reference: Reference | None = field(repr=False)


class Trainer(Protocol):
    """Loads data and trains recipes for whoever records what is told."""

    def load(self, options: Data, report: Report) -> Dataset:
        """As `load_dataset`."""
        ...

    def train(
        self,
        recipe: Recipe,
        data: Dataset,
        control: Control,
        state: TrainingState | None,
        start: dict[str, Tensor] | None,
        look: Look,
    ) -> Iterator[events.Event | Measured]:
        """As `core.training.train`, and what was measured before the last event of a run that has
        weights. `look` is called now and then where it waits, with what for, and lets `control`
        hear what people ask. Raises LostError when what computes it is gone."""
        ...


@dataclass(frozen=True)
class OnDevice:
    """A device of this process."""

    device: torch.device

    def load(self, options: Data, report: Report) -> Dataset:
        return load_dataset(options, report)

    def train(
        self,
        recipe: Recipe,
        data: Dataset,
        control: Control,
        state: TrainingState | None,
        start: dict[str, Tensor] | None,
        look: Look,
    ) -> Iterator[events.Event | Measured]:
        best = state.best_weights if state is not None else {}
        try:
            for event in train(recipe, data, control, self.device, state, start):
                if isinstance(event, events.BestWeights):
                    best = event.weights
                if isinstance(event, events.Finished) and best:
                    trained = Checkpoint(Card.of(recipe, data), best)
                    yield _measured(trained.network(self.device), data)
                yield event
                while isinstance(event, events.Paused) and control.paused:
                    time.sleep(LOOK_SECONDS)
                    look("")
            return
        except torch.OutOfMemoryError:
            pass  # only after this is it gone, and with it the tensors that it held
        raise ConvscopeError(out_of_memory_advice(recipe, self.device))


def _measured(network: Network, data: Dataset) -> Measured:
    """Calibrated on validation, measured on test."""
    validation, test = logits_of(network, data, "validation"), logits_of(network, data, "test")
    temperature = fit_temperature(validation.logits, validation.labels)
    return Measured(validation, test, temperature, reference_if_possible(network, data))


def unforeseen(error: Exception) -> str:
    """What is said of an error that nobody thought of."""
    return f"Something unforeseen went wrong ({type(error).__name__}: {error})."
