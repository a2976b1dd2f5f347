"""Training states, whole and harmed, that a run is to go on from."""

from functools import cache

import torch

from core.training import Control, TrainingState, load_state, save_state, train
from core.training.events import EpochEnded, Snapshot
from tests.fuzz.hostile import Case
from tests.fuzz.tensors import RECIPE, file_of, harmed, tiny_data, written

CPU = torch.device("cpu")


def case(seed: int, number: int) -> Case:
    return harmed(seed, number, _whole())


def feed(case: Case) -> None:
    """Train on from a case to the end."""
    with file_of(case) as path:
        state = load_state(path)
    for _ in train(RECIPE, tiny_data(), device=CPU, state=state):
        pass


@cache
def _whole() -> bytes:
    return written(lambda path: save_state(path, _stopped_halfway()))


def _stopped_halfway() -> TrainingState:
    control = Control()
    for event in train(RECIPE, tiny_data(), control, CPU):
        if isinstance(event, EpochEnded):
            control.stop()
        if isinstance(event, Snapshot):
            return event.state
    raise AssertionError
