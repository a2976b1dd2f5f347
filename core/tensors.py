"""Safetensors files that may come from anywhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import safe_open

from core.errors import ConvscopeError

MAX_HEADER = 8 * 2**20  # bytes; a card with the most classes of the longest names fits


@contextmanager
def open_tensors(path: Path) -> Iterator[safe_open]:
    """`safe_open` for torch, after a look at how long the header is: all of it is read at once.

    Raises ConvscopeError when it is longer than any of ours; SafetensorError and OSError as
    `safe_open` does.
    """
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if MAX_HEADER < length <= path.stat().st_size:
            raise ConvscopeError(
                f"{path.name} begins with a description of {length:,} bytes, where {MAX_HEADER:,} "
                "are the most; it is damaged, or was not saved by Convscope."
            )
    with safe_open(path, framework="pt") as opened:
        yield opened
