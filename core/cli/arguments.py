"""What several commands take: a trained network, and files of pictures."""

from pathlib import Path
from typing import Annotated

import typer

from core.errors import ConvscopeError

Network = Annotated[
    str, typer.Argument(help="A run, a network that ships, or a .safetensors file.")
]


def content_of(path: Path) -> bytes:
    """Raises ConvscopeError when the file cannot be read."""
    from core.decoding import MAX_FILE_BYTES

    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)  # more is refused by whoever decodes it
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no file has such a name"
        raise ConvscopeError(f"{str(path)[:300]} cannot be read ({why}).") from error
