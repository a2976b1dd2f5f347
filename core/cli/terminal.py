"""What all commands share: where they print, and how they name a network."""

import time
from pathlib import Path

from rich.console import Console

from core.errors import ConvscopeError
from core.runs.store import RunStore

console = Console()
_errors = Console(stderr=True)


def complain(sentence: str) -> None:
    _errors.print(sentence, style="red", markup=False, highlight=False)


def checkpoint_path(store: RunStore, name: str) -> Path:
    """A checkpoint file by path, or the best weights of a run by id or name."""
    if name.endswith(".safetensors"):
        return Path(name)
    run = store.find(name)
    path = store.best_path(run.id)
    if not path.exists():
        raise ConvscopeError(f"'{run.name}' has no checkpoint yet; it is {run.status}.")
    return path


def duration(seconds: float | None) -> str:
    """'1:02:03', '2:03', or '-' when unknown."""
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
