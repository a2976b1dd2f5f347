"""A run trained in this process, with a progress bar."""

import signal
import sys
from collections.abc import Iterator
from types import FrameType

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from core.cli.terminal import complain, console
from core.jobs.execute import execute_by
from core.jobs.trainer import Trainer
from core.recipe import Recipe
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


def follow(store: RunStore, run: Run, control: Control, heading: str, trainer: Trainer) -> Run:
    """Train a claimed run to its end, or until `control` stops it, and return how it ended.

    Where nothing can be printed any more, as when the reader of a pipe has ended, the run is saved
    and stopped before the OSError goes on.
    """
    told = execute_by(trainer, store, run, control)
    try:
        console.print(heading)
        _show_all(told, run.recipe)
    except OSError:
        control.stop()
        for _ in told:
            pass
        raise
    return store.get(run.id)


def _show_all(told: Iterator[events.Event], recipe: Recipe) -> None:
    """The bar moves with what the steps cost, as those of small images take less time."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[steps]}"),
        TimeRemainingColumn(),
        console=console,
    ) as progress:
        task = progress.add_task("loading the data", total=None, steps="")
        bar = _Bar(progress, task, recipe)
        trouble = ""
        for event in told:
            bar.show(event)
            if isinstance(event, events.Unstored) and event.reason != trouble:
                trouble = event.reason
                complain(f"{trouble} What happens meanwhile is kept in memory.")


class _Bar:
    """Moves with what the steps cost, as small images take less time."""

    def __init__(self, progress: Progress, task: TaskID, recipe: Recipe) -> None:
        self._progress, self._task, self._recipe = progress, task, recipe
        self._steps_per_epoch, self._total_steps = 1, 0

    def show(self, event: events.Event) -> None:
        match event:
            case events.Started():
                self._steps_per_epoch = event.steps_per_epoch
                self._total_steps = event.total_steps
                self._progress.update(self._task, total=self._recipe.effort(self._recipe.epochs))
                self._move(event.step)
            case events.Steps():
                text = f"loss {event.loss[-1]:.3f}  {event.images_per_second:,.0f} images/s"
                self._move(event.first + len(event.loss), description=text)
            case events.EpochEnded():
                self._progress.console.print(
                    f"epoch {event.epoch:3}  "
                    f"train {event.train_loss:.3f} {event.train_accuracy:.2%}  "
                    f"validation {event.validation_loss:.3f} {event.validation_accuracy:.2%}  "
                    f"{event.images_per_second:,.0f} images/s{'  best' if event.best else ''}",
                )

    def _move(self, steps: int, description: str | None = None) -> None:
        done = self._recipe.effort(steps / self._steps_per_epoch)
        told = f"{steps}/{self._total_steps}"
        self._progress.update(self._task, completed=done, steps=told, description=description)
