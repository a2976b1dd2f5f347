"""Training states, whole and harmed, that a run is to go on from."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from core.training import Control, TrainingState, load_state, save_state, train
from core.training.events import EpochEnded, Snapshot
from tests.fuzz.hostile import Case
from tests.fuzz.tensors import RECIPE, harmed, tiny_data

CPU = torch.device("cpu")


def case(seed: int, number: int) -> Case:
    return harmed(seed, number, _whole())


def feed(case: Case) -> None:
    """Train on from a case to the end."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "case.safetensors"
        path.write_bytes(case.content)
        state = load_state(path)
    for _ in train(RECIPE, tiny_data(), device=CPU, state=state):
        pass


@cache
def _whole() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "whole.safetensors"
        save_state(path, _stopped_halfway())
        return path.read_bytes()


def _stopped_halfway() -> TrainingState:
    control = Control()
    for event in train(RECIPE, tiny_data(), control, CPU):
        if isinstance(event, EpochEnded):
            control.stop()
        if isinstance(event, Snapshot):
            return event.state
    raise AssertionError
