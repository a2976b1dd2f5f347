"""A study driven in this process, with a bar over its trials and a line for each that ended."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from core.cli.terminal import console
from core.errors import ConvscopeError, StorageError
from core.runs.store import RunStore
from core.wording import time_left

if TYPE_CHECKING:
    from core.runs.studies import StoredStudy
    from core.runs.trials import Trial
    from core.studies.definition import Study
    from core.studies.place import Place

ENDING_SECONDS = 60  # that workers have to save what they train


def drive_here(store: RunStore, study_id: str, on: str | None = None) -> "StoredStudy":
    """Drive a study in this process until it is done or Ctrl-C stops it; how it stands then. Its
    runs are trained by a worker process for each device, or `on` a cluster. Raises ConvscopeError
    where another process drives it, or the cluster cannot be used."""
    from core.cli.following import stoppable
    from core.studies.begin import drive

    control, claimed = stoppable(), store.studies.claim(study_id)
    try:
        with _place(store, on) as place:
            with _progress(store, claimed) as watch:
                driver = drive(store, claimed, place, control, watch)
            if control.stopping:
                driver.stop()
    except ConvscopeError as error:
        with suppress(StorageError):
            store.studies.end(claimed.id, "stopped", str(error))
        raise
    finally:
        store.studies.release(claimed.id)
    return store.studies.get(claimed.id)


@contextmanager
def _place(store: RunStore, on: str | None) -> "Iterator[Place]":
    """Where runs train; its end saves those under way."""
    if on is not None:
        from core.cluster.named import cluster_named

        with cluster_named(store, on) as cluster:
            yield cluster
        return
    from core.jobs.queue import job_queue
    from core.studies.place import Here

    queue = job_queue(store)
    try:
        yield Here(store)
    finally:
        queue.close(patience=ENDING_SECONDS)


@contextmanager
def _progress(store: RunStore, found: "StoredStudy") -> Iterator[Callable[[], None]]:
    """A bar over its trials or runs, and a line for each trial that ended. Yields what brings both
    up to date."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from core.machine import devices
    from core.studies.standing import standing

    told, slots = set[int](), len(devices())
    columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("waiting for a worker")

        def watch() -> None:
            asked = definition_of(store.studies.get(found.id))  # of which more may be asked
            now = standing(store, found, asked, slots)
            description = f"{found.name[:40]}{time_left(now.left)}"
            progress.update(bar, completed=now.done, total=now.wanted, description=description)
            if sum(now.trials.values()) - now.trials.get("running", 0) == len(told):
                return
            for trial in store.trials.of(found.id):
                if trial.status != "running" and trial.number not in told:
                    told.add(trial.number)
                    reached = written(trial, asked) or trial.message
                    progress.console.print(
                        f"{trial.number:4} {trial.status} {trial.name} {reached}"
                    )

        yield watch


def definition_of(found: "StoredStudy") -> "Study":
    from core.studies.definition import Study

    return Study.parse(found.definition)


def written(trial: "Trial", asked: "Study") -> str:
    if trial.value is None:
        return ""
    return f"{trial.value:.2%}" if asked.maximises else f"{trial.value:.4f}"
