"""Where things are kept, and how they are written so that nothing is ever half there."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.errors import ConvscopeError, StorageError

PROJECT = Path(__file__).resolve().parent.parent
FULL = (errno.ENOSPC, errno.EDQUOT)
FORBIDDEN = (errno.EROFS, errno.EACCES, errno.EPERM)


def home() -> Path:
    """The folder of runs, cache and downloads: ``$CONVSCOPE_HOME``, else ``.convscope`` here."""
    folder = expanded(Path(os.environ.get("CONVSCOPE_HOME") or PROJECT / ".convscope"))
    try:
        str(folder).encode()
    except UnicodeEncodeError as error:
        raise ConvscopeError(
            f"CONVSCOPE_HOME names {folder}, which is no path in UTF-8, and checkpoints cannot be "
            "read there. Name another folder."
        ) from error
    return folder


def expanded(path: Path) -> Path:
    """With the home of the user, or another one, for ``~``. Raises ConvscopeError for nobody's."""
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise ConvscopeError(
            f"Nobody's home is known as {path.parts[0]}; name the whole path."
        ) from error


@contextmanager
def atomic_path(target: Path, make_folder: bool = True) -> Iterator[Path]:
    """Yield a temporary path beside `target` that replaces it when the block ends well.

    The data is on disk (fsync) before the name changes, so a reader sees the old file or the new
    one, whole. When the block fails, the old file stays and the temporary one goes. Who may read
    the file is what the umask says. A folder that is not there is made, unless `make_folder` says
    otherwise.

    Raises StorageError when the disk is full or the folder may not be written, and ConvscopeError
    when it never can be.
    """
    temporary: Path | None = None
    if "\0" in str(target):
        raise ConvscopeError("No file can be written under a name with a zero byte in it.")
    try:
        target = Path(os.path.realpath(target)) if target.is_symlink() else target
        if not target.name or (target.exists() and not target.is_file()):
            raise ConvscopeError(f"{target} is a folder or a device; name a file to be written.")
        if make_folder:
            target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        beside.touch(exist_ok=False)
        temporary = beside
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(target)
    except OSError as error:
        passing = error.errno in (*FULL, *FORBIDDEN, errno.EIO)
        kind = StorageError if passing else ConvscopeError
        raise kind(write_failure(target, error)) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


class _UnusedError(Exception):
    """Ends a block before its file is written."""


def ensure_writable(target: Path) -> None:
    """Raise what `atomic_path` would without making a folder, before work is done for the file."""
    with suppress(_UnusedError), atomic_path(target, make_folder=False):
        raise _UnusedError


def remove_temporary(target: Path) -> None:
    """Delete what killed writes of `target` left behind; for its only writer."""
    for path in target.parent.glob(f".{target.name}.*"):
        with suppress(OSError):
            path.unlink()


def delete(path: Path) -> None:
    """Remove a file if it is there. Raises StorageError where that is not allowed."""
    try:
        path.unlink(missing_ok=True)
    except NotADirectoryError:
        pass
    except OSError as error:
        raise StorageError(f"{path} could not be removed ({error.strerror}).") from error


def is_file(path: Path) -> bool:
    """Whether there is a file at `path`, and no doubt about it: False also where the name is none
    that a file can have, and where nobody may look."""
    try:
        return path.is_file()
    except OSError:
        return False


def write_atomically(target: Path, content: bytes) -> None:
    """Write `content` to `target`, whole or not at all. Raises as `atomic_path`."""
    with atomic_path(target) as temporary:
        temporary.write_bytes(content)


def write_with(companion: Path, target: Path, content: bytes) -> None:
    """As `write_atomically`, of what is kept in the folder of `companion` and goes with it: where
    that was deleted meanwhile, nothing is brought back. Raises ConvscopeError then, too."""
    with atomic_path(target, make_folder=False) as temporary:
        if not companion.exists():
            raise ConvscopeError(
                f"{companion.name} was deleted meanwhile, so nothing is kept of what was computed."
            )
        temporary.write_bytes(content)


def write_failure(target: Path, error: OSError) -> str:
    """Why `target` could not be written, and what to do, in a sentence or two."""
    name, folder = target.name[:80], str(target.parent)[:300]
    unharmed = "what was stored before is unharmed"
    if error.errno in FULL:
        return (
            f"The disk is full, so {name} could not be saved; {unharmed}. Free some space on the "
            f"disk of {folder} and try again."
        )
    if error.errno == errno.EROFS:
        return (
            f"{folder} is on a disk that may only be read, so {name} could not be saved; "
            f"{unharmed}. Name another folder in CONVSCOPE_HOME, or make this one writable."
        )
    return (
        f"{name} could not be saved in {folder} ({error.strerror}); {unharmed}. "
        "Check that the folder exists and may be written."
    )
