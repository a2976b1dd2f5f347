"""A run trained in this process, with a progress bar."""

import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.cli.terminal import complain, console
from core.jobs import execute
from core.machine import pick_device
from core.runs.run import Run
from core.runs.store import RunStore
from core.training import Control, events


def stoppable() -> Control:
    """A control that Ctrl-C stops, or the end of the terminal. The first one saves; a second one,
    should that hang, ends the program."""
    control = Control()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        control.stop()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup
        signal.signal(signal.SIGHUP, stop)
    return control


def follow(store: RunStore, run: Run, control: Control, heading: str) -> Run:
    """Train a claimed run to its end, or until `control` stops it, and return how it ended.

    Where nothing can be printed any more, as when the reader of a pipe has ended, the run is saved
    and stopped before the OSError goes on.
    """
    told = execute(store, run, control, pick_device())
    try:
        console.print(heading)
        _show_all(told)
    except OSError:
        control.stop()
        for _ in told:
            pass
        raise
    return store.get(run.id)


def _show_all(told: Iterator[events.Event]) -> None:
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
    ) as progress:
        task = progress.add_task("loading the data", total=None)
        trouble = ""
        for event in told:
            _show(progress, task, event)
            if isinstance(event, events.Unstored) and event.reason != trouble:
                trouble = event.reason
                complain(f"{trouble} What happens meanwhile is kept in memory.")


def _show(progress: Progress, task: Any, event: events.Event) -> None:
    match event:
        case events.Started():
            progress.update(task, total=event.total_steps, completed=event.step)
        case events.Steps():
            done = event.first + len(event.loss)
            text = f"loss {event.loss[-1]:.3f}  {event.images_per_second:,.0f} images/s"
            progress.update(task, completed=done, description=text)
        case events.EpochEnded():
            progress.console.print(
                f"epoch {event.epoch:3}  train {event.train_loss:.3f} {event.train_accuracy:.2%}  "
                f"validation {event.validation_loss:.3f} {event.validation_accuracy:.2%}  "
                f"{event.images_per_second:,.0f} images/s{'  best' if event.best else ''}",
            )
