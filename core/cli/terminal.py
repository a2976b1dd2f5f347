"""What all commands share: where they print, and how they name a network."""

from pathlib import Path

from rich.console import Console

from core.errors import ConvscopeError
from core.runs.store import RunStore

console = Console()
_errors = Console(stderr=True)


def complain(sentence: str) -> None:
    _errors.print(sentence, style="red", markup=False, highlight=False, soft_wrap=True)


def checkpoint_path(store: RunStore, name: str) -> Path:
    """A checkpoint file by path, or the best weights of a run by id or name."""
    if name.endswith(".safetensors"):
        return Path(name)
    run = store.find(name)
    path = store.best_path(run.id)
    if not path.exists():
        raise ConvscopeError(f"'{run.name}' has no checkpoint yet; it is {run.status}.")
    return path
