"""A place that trains in this very process, so that a test can go step by step."""

import torch

from core.jobs import execute
from core.runs.store import RunStore
from core.studies.begin import drive as driven
from core.studies.place import Here
from core.training import Control


def drive(study_id: str) -> None:
    """A driver's process that trains its trials itself."""
    store = RunStore()
    claimed = store.studies.claim(study_id)
    driven(store, claimed, Inline(store), Control())
    store.studies.release(study_id)


class Inline(Here):
    """Trains what was submitted when it is polled; at most `at_once` runs each time."""

    def __init__(self, store: RunStore, slots: int = 1, at_once: int = 1_000) -> None:
        super().__init__(store)
        self.slots, self.at_once = slots, at_once
        self.submitted: list[str] = []
        self.cancelled: list[str] = []

    def submit(self, run_id: str) -> None:
        self.submitted.append(run_id)

    def cancel(self, run_id: str) -> None:
        self.cancelled.append(run_id)
        super().cancel(run_id)

    def poll(self) -> None:
        now, self.submitted = self.submitted[: self.at_once], self.submitted[self.at_once :]
        for run_id in now:
            run = self._store.claim(run_id)
            for _ in execute(self._store, run, Control(), torch.device("cpu")):
                pass
