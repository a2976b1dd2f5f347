"""A run carried out in this thread."""

import torch

from core.jobs import execute
from core.runs.store import RunStore
from core.training import Control, events

CPU = torch.device("cpu")


def carry_out(store: RunStore, run_id: str) -> list[events.Event]:
    return list(execute(store, store.claim(run_id), Control(), CPU))
