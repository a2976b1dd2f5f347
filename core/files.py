"""Where things are kept, and how they are written so that nothing is ever half there."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ConvscopeError

PROJECT = Path(__file__).resolve().parent.parent


def home() -> Path:
    """The folder of runs, cache and downloads: ``$CONVSCOPE_HOME``, else ``.convscope`` here."""
    return Path(os.environ.get("CONVSCOPE_HOME") or PROJECT / ".convscope").expanduser()


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """Yield a temporary path beside `target` that replaces it when the block ends well.

    The data is on disk (fsync) before the name changes, so a reader sees the old file or the new
    one, whole. When the block fails, the old file stays and the temporary one goes.

    Raises ConvscopeError when the disk is full or the folder cannot be written.
    """
    temporary: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        os.close(handle)
        temporary = Path(name)
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(target)
    except OSError as error:
        raise ConvscopeError(_write_failure(target, error)) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def write_atomically(target: Path, content: bytes) -> None:
    """Write `content` to `target`, whole or not at all. Raises as `atomic_path`."""
    with atomic_path(target) as temporary:
        temporary.write_bytes(content)


def _write_failure(target: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The disk is full, so {target.name} could not be saved; what was stored before is "
            f"unharmed. Free some space on the disk of {target.parent} and try again."
        )
    return (
        f"{target.name} could not be saved in {target.parent} ({error.strerror}); what was stored "
        "before is unharmed. Check that the folder exists and may be written."
    )
