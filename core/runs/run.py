"""A stored run, as pages and the command line see it."""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import psutil

from core.errors import ConvscopeError
from core.recipe import Recipe, RecipeError

Status = Literal["queued", "running", "paused", "stopped", "finished", "failed", "interrupted"]
LIVE: tuple[Status, ...] = ("queued", "running", "paused")
RESUMABLE: tuple[Status, ...] = ("stopped", "interrupted", "failed")


@dataclass(frozen=True)
class Run:
    """One row of the store; metrics and weights are read separately.

    created, changed: seconds since 1970
    seconds: training time so far, without validation
    accuracies: top-1 accuracy (0 to 1) of the best weights by split
    """

    id: str
    name: str
    recipe: Recipe
    status: Status
    message: str
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
    machine: dict[str, str]
    accuracies: dict[str, float]
    best_epoch: int
    notes: str
    tags: tuple[str, ...]
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
        if not (self.done_steps and self.seconds):
            return None
        return self.seconds / self.done_steps * (self.total_steps - self.done_steps)


def this_process() -> str:
    """Names this process for as long as the machine runs, also after its number is used again."""
    return _process_name(os.getpid())


@cache
def _process_name(pid: int) -> str:
    return f"{pid}:{psutil.Process(pid).create_time()}"


def true_status(stored: Status, owner: str | None) -> Status:
    """What a stored status means now: a run whose process is gone was interrupted."""
    if stored in ("running", "paused") and not _alive(owner):
        return "interrupted"
    return stored


def _alive(owner: str | None) -> bool:
    if owner is None:
        return False
    pid, _, created = owner.partition(":")
    try:
        return psutil.Process(int(pid)).create_time() == float(created)
    except (psutil.Error, ValueError):
        return False


def run_from_row(row: sqlite3.Row) -> Run:
    """Raises ConvscopeError when another version stored a recipe that this one cannot read."""
    fields: dict[str, Any] = {key: row[key] for key in row.keys()}  # noqa: SIM118
    owner = fields.pop("owner")
    del fields["request"]
    fields["status"] = true_status(fields["status"], owner)
    try:
        fields["recipe"] = Recipe.from_json(fields["recipe"])
    except RecipeError as error:
        raise ConvscopeError(
            f"'{fields['name']}' was stored by another version of Convscope: {error} Open it with "
            "that one."
        ) from error
    fields["machine"] = json.loads(fields["machine"])
    fields["accuracies"] = json.loads(fields["accuracies"])
    fields["tags"] = tuple(json.loads(fields["tags"]))
    fields["deleted"] = bool(fields["deleted"])
    return Run(**fields)


def readable(rows: Iterable[sqlite3.Row]) -> Iterator[Run]:
    """The runs that this version can read; another's do not keep them from being seen."""
    for row in rows:
        with suppress(ConvscopeError):
            yield run_from_row(row)
