"""Safetensors files that may come from anywhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError, safe_open

from core.errors import ConvscopeError

MAX_HEADER = 8 * 2**20  # bytes; a card with the most classes of the longest names fits


class DamagedFileError(ConvscopeError):
    """A file that is missing, cut short, of another kind, or does not hold what it should."""


@contextmanager
def open_tensors(path: Path, max_header: int = MAX_HEADER) -> Iterator[safe_open]:
    """The safetensors file at `path`, for torch, after a look at how long its header is: all of it
    is read at once.

    Raises DamagedFileError when there is no whole file, when its header is longer than `max_header`
    bytes, and for whatever the block misses in what it reads (KeyError, TypeError, ValueError).
    """
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
        if max_header < length <= path.stat().st_size:
            raise DamagedFileError(
                f"{path.name} begins with a description of {length:,} bytes, where {max_header:,} "
                "are the most; it is damaged, or was not saved by Convscope."
            )
        with safe_open(path, framework="pt") as opened:
            yield opened
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise DamagedFileError(
            f"{path.name} is not a whole safetensors file; it may have been cut short or be of "
            "another kind. Copy it again, or train the network again."
        ) from error
