"""A stored run, as pages and the command line see it."""

import json
import os
import socket
import sqlite3
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from core.errors import ConvscopeError
from core.recipe import Recipe, RecipeError

Status = Literal["queued", "running", "paused", "stopped", "finished", "failed", "interrupted"]
Request = Literal["pause", "stop"]
LIVE: tuple[Status, ...] = ("queued", "running", "paused")
TRAINING: tuple[Status, ...] = ("running", "paused")
COMES_FROM: dict[Status, tuple[Status, ...]] = {
    "queued": ("stopped", "interrupted", "failed"),
    "running": ("queued", "stopped", "interrupted", "failed", "paused", "running"),
    "paused": ("running", "paused"),
    "stopped": ("queued", "running", "paused"),
    "finished": ("running",),
    "failed": ("running", "paused"),
    "interrupted": ("running", "paused"),
}
"""From which stored statuses a run may come into each. What a killed process left as running or
paused becomes interrupted as soon as somebody has to act on it."""
RESUMABLE = COMES_FROM["queued"]
GONE = "Its process ended before it could say why; resume it to go on from its last snapshot."


@dataclass(frozen=True)
class Run:
    """One row of the store; metrics and weights are read separately.

    created, changed: seconds since 1970
    seconds: training time so far, without validation
    precision, device, data: number format, kind of device (cpu, cuda, mps) and fingerprint of the
        data set that it trains with; empty before it began
    accuracies: top-1 accuracy (0 to 1) of the best weights by split
    owner: the process that trains it, or did last
    request: what people ask of the process that trains it; None lets it train
    """

    id: str
    name: str
    recipe: Recipe
    status: Status
    message: str
    request: Request | None
    priority: int
    created: float
    changed: float
    total_steps: int
    steps_per_epoch: int
    done_steps: int
    images_per_second: float
    seconds: float
    parameters: int
    precision: str
    device: str
    data: str
    machine: dict[str, str]
    accuracies: dict[str, float]
    best_epoch: int
    notes: str
    tags: tuple[str, ...]
    owner: str
    deleted: bool

    @property
    def live(self) -> bool:
        """Waiting, training or paused: the picture may still change."""
        return self.status in LIVE

    @property
    def resumable(self) -> bool:
        return self.status in RESUMABLE

    @property
    def progress(self) -> float:
        """Share of the steps done, 0 to 1."""
        return self.done_steps / self.total_steps if self.total_steps else 0.0

    @property
    def epochs_done(self) -> int:
        return self.done_steps // self.steps_per_epoch if self.steps_per_epoch else 0

    @property
    def seconds_left(self) -> float | None:
        """Expected training time to the last step; None before the first steps."""
        if not (self.done_steps and self.seconds and self.steps_per_epoch):
            return None
        done, all_of_it = (
            self.recipe.effort(steps / self.steps_per_epoch)
            for steps in (self.done_steps, self.total_steps)
        )
        return self.seconds / done * (all_of_it - done)


_RUN = TypeAdapter(Run)
_recipe = lru_cache(maxsize=2048)(Recipe.from_json)
"""Pages read the same runs at every look."""


def process_name(pid: int) -> str:
    """Names a process of this host, to people here and on others."""
    return f"process {pid} on {socket.gethostname()}"


def this_process() -> str:
    return process_name(os.getpid())


def run_from_row(row: sqlite3.Row, taken: bool) -> Run:
    """A row of the store; `taken`: whether a process is at work on it.

    A run that was in training, and whose process is gone, was interrupted. Raises ConvscopeError
    for a row that is damaged, or whose recipe only another version can read.
    """
    fields: dict[str, Any] = dict(row)
    if fields["status"] in TRAINING and not taken:
        fields |= {"status": "interrupted", "message": GONE}
    fields["owner"] = fields["owner"] or ""
    try:
        fields["recipe"] = _recipe(fields["recipe"])
        for name in ("machine", "accuracies", "tags"):
            fields[name] = json.loads(fields[name])
        return _RUN.validate_python({name: fields[name] for name in Run.__annotations__})
    except RecipeError as error:
        raise ConvscopeError(
            f"'{fields['name']}' was stored by another version of Convscope: {error} Open it with "
            "that one."
        ) from error
    except (ValidationError, ValueError, TypeError, RecursionError) as error:
        raise ConvscopeError(
            f"What is stored of the run '{fields['id']}' is damaged; delete it, or mend its row in "
            "the table runs."
        ) from error
