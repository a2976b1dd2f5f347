"""Long computations that pages ask for; each keeps its result where the page looks for it."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import torch
from pydantic import AliasChoices, BaseModel, Field

from core.data import SplitName, image_count, load_dataset
from core.errors import BreakOffError, ConvscopeError, StorageError
from core.evaluation.logits import stored_logits
from core.jobs.recorder import AGAIN_SECONDS, PATIENCE
from core.models.network import VIEWS
from core.models.summary import summarise
from core.runs.checkpoint import load_card, weights_hash
from core.runs.tasks import Task, Tasks
from core.training import Control

QUICK_FLOPS = 1e10  # what one core of a laptop does in half a second
log = logging.getLogger(__name__)


class LogitsWork(BaseModel):
    """The logits of a checkpoint on a split, with or without test-time augmentation."""

    checkpoint: Path
    split: SplitName
    tta: bool = Field(
        validation_alias=AliasChoices("tta", "several_views"),
        serialization_alias="several_views",
    )
    """Stored by the second name, which workers of earlier versions know."""

    @property
    def is_quick(self) -> bool:
        """Whether it takes half a second or less, so that nobody needs a worker for it."""
        recipe = load_card(self.checkpoint).recipe
        images = image_count(recipe.data, self.split)
        views = VIEWS if self.tta else 1
        flops = summarise(recipe.model, classes=10).flops * views
        return images is not None and images * flops <= QUICK_FLOPS

    @property
    def key(self) -> str:
        """Names the result by the weights that it comes from, whatever their file is called."""
        views = "six-views" if self.tta else "one-view"
        return f"logits-{weights_hash(self.checkpoint)[:32]}-{self.split}-{views}"

    def make(self, device: torch.device, report: Callable[[str, float], None]) -> None:
        """Compute and keep them beside the checkpoint. Raises as `stored_logits`."""
        options = load_card(self.checkpoint).recipe.data
        stored_logits(
            self.checkpoint,
            self.split,
            lambda: load_dataset(options, lambda what, _share: report(what, 0.0)),
            device,
            self.tta,
            report,
        )


def compute(tasks: Tasks, task: Task, device: torch.device, control: Control) -> None:
    """Do a task that `tasks` has claimed, then release it. No failure gets out: it becomes the
    task's status and message, as soon as the store takes that."""
    try:
        _store(_done(tasks, task, device, control), control)
    finally:
        tasks.release(task.key)


def _done(tasks: Tasks, task: Task, device: torch.device, control: Control) -> Callable[[], None]:
    """Do a task, and return what stores how that ended."""

    def report(_what: str, share: float) -> None:
        if control.stopping or not _is_wanted(tasks, task, share):
            raise BreakOffError

    try:
        LogitsWork.model_validate(task.work).make(device, report)
        return lambda: tasks.done(task.key)
    except BreakOffError:
        return lambda: tasks.break_off(task.key)
    except ConvscopeError as error:
        sentence = str(error)
    except Exception as error:
        log.exception("task %s failed", task.key)
        sentence = f"Something unforeseen went wrong ({type(error).__name__}: {error})."
    return lambda: tasks.fail(task.key, sentence)


def _is_wanted(tasks: Tasks, task: Task, share: float) -> bool:
    """Say how far the task is, and hear whether somebody stopped it; where the store takes nothing,
    both come later."""
    with suppress(StorageError), tasks.patience(PATIENCE):
        return tasks.progress(task.key, share)
    return True


def _store(write: Callable[[], None], control: Control) -> None:
    """Try it until it goes, or until this process is asked to end."""
    while True:
        try:
            write()
            return
        except StorageError as error:
            log.warning("%s", error)
        if control.stopping:
            return
        time.sleep(AGAIN_SECONDS)
