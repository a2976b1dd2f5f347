"""What several commands take: a trained network, files of pictures, and where a file goes."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from core.errors import ConvscopeError
from core.files import ensure_writable

LARGEST = 512 * 2**20  # bytes of a file; 50 megapixels take up to 400 MB

Network = Annotated[
    str, typer.Argument(help="A run, a network that ships, or a .safetensors file.")
]

On = Annotated[
    str | None,
    typer.Option(
        help="A cluster: ray, ray://HOST:PORT or slurm, with what a run takes as ray?cpus=2&gpus=1."
    ),
]


def place(path: Path | None) -> Path | None:
    """A file that is to be written; the callback of every option that names one. Its folder is not
    made, as it is likelier to be mistyped. Raises ConvscopeError before any work is done for it."""
    if path is None:
        return None
    if not os.path.isdir(path.parent):  # noqa: PTH112  it doubts no name, however long
        raise ConvscopeError(
            f"There is no folder {str(path.parent)[:300]} to write {path.name[:80]} in; make it, "
            "or name another."
        )
    ensure_writable(path)
    return path


def learns_it(network: str) -> str:
    """What to do where it is not known what is familiar to a network."""
    return f"`python -m core familiarity {network}` learns it."


def place_for(*suffixes: str) -> Callable[[Path | None], Path | None]:
    """`place` for what is written as its name ends, in one of these ways."""

    def checked(path: Path | None) -> Path | None:
        if place(path) is not None and path is not None and path.suffix.lower() not in suffixes:
            raise ConvscopeError(
                f"{path.name[:80]} does not tell what to write; let its name end with "
                f"{' or '.join(suffixes)}."
            )
        return path

    return checked


def content_of(path: Path) -> bytes:
    """Raises ConvscopeError when the file cannot be read, or is larger than 512 MiB."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no file has such a name"
        raise ConvscopeError(f"{str(path)[:300]} cannot be read ({why}).") from error
    if len(content) > LARGEST:
        raise ConvscopeError(
            f"{str(path)[:300]} is larger than {LARGEST // 2**20} MiB, more than anything that can "
            "be read here."
        )
    return content
