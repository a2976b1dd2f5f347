"""Long computations that pages ask for; each keeps its result where the page looks for it."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress

import torch
from pydantic import ValidationError

from core.errors import BreakOffError, ConvscopeError, StorageError
from core.jobs.recorder import AGAIN_SECONDS, PATIENCE
from core.jobs.works import WORK
from core.runs.tasks import Task, Tasks
from core.training import Control

log = logging.getLogger(__name__)


def compute(tasks: Tasks, task: Task, device: torch.device, control: Control) -> None:
    """Do a task that `tasks` has claimed, then release it. No failure gets out: it becomes the
    task's status and message, as soon as the store takes that."""
    try:
        _store(_done(tasks, task, device, control), control)
    finally:
        tasks.release(task.key)


def _done(tasks: Tasks, task: Task, device: torch.device, control: Control) -> Callable[[], None]:
    """Do a task, and return what stores how that ended."""

    def report(what: str, share: float) -> None:
        if control.stopping or not _is_wanted(tasks, task, what, share):
            raise BreakOffError

    try:
        work = WORK.validate_python(task.work)
    except ValidationError:
        sentence = "Another version of Convscope asked for this; ask for it again with this one."
        return lambda: tasks.fail(task.key, sentence)
    try:
        work.make(device, report)
        return lambda: tasks.done(task.key)
    except BreakOffError:
        return lambda: tasks.break_off(task.key)
    except ConvscopeError as error:
        sentence = str(error)
    except Exception as error:
        log.exception("task %s failed", task.key)
        sentence = f"Something unforeseen went wrong ({type(error).__name__}: {error})."
    return lambda: tasks.fail(task.key, sentence)


def _is_wanted(tasks: Tasks, task: Task, what: str, share: float) -> bool:
    """Say what is under way and how far it is, and hear whether somebody stopped it; where the
    store takes nothing, both come later."""
    with suppress(StorageError), tasks.patience(PATIENCE):
        return tasks.progress(task.key, what, share)
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
