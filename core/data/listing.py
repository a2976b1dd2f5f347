"""What lies in a folder: every file under it, and whether one of them was changed since."""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.data import archive
from core.data.archive import MAX_FILES, Member
from core.errors import ConvscopeError
from core.wording import shown


def files(folder: Path) -> tuple[dict[str, os.stat_result], list[str]]:
    """Every file under `folder`, by its path from there, in the order of names; and the paths of
    what cannot be looked into. Raises ConvscopeError for more than MAX_FILES."""
    found, closed = {}, []
    for path, about in _walked(folder):
        name = path.relative_to(folder).as_posix()
        if isinstance(about, OSError):
            closed.append(name)
        elif stat.S_ISREG(about.st_mode):
            found[name] = about
        if len(found) > MAX_FILES:
            raise ConvscopeError(
                f"{shown(folder.name)} holds more than {MAX_FILES:,} files. Name the folder of "
                "class folders."
            )
    return dict(sorted(found.items())), sorted(closed)


def _walked(folder: Path) -> Iterator[tuple[Path, os.stat_result | OSError]]:
    """All that is no folder under `folder`, and last the folders that cannot be looked into.

    Links to folders are followed; one that leads where the walk has been, as in a circle, counts
    among those.
    """
    failed: list[OSError] = []
    been = {_identity(folder)}
    for top, folders, names in os.walk(folder, onerror=failed.append, followlinks=True):
        for name in sorted(folders):
            identity = _identity(Path(top) / name)
            if identity in been:
                folders.remove(name)
                failed.append(OSError(errno.ELOOP, "been there", str(Path(top) / name)))
            been.add(identity)
        folders.sort()
        for path in (Path(top) / name for name in names):
            try:
                yield path, path.stat()
            except FileNotFoundError:  # deleted in this very moment
                pass
            except OSError as error:
                yield path, error
    for error in failed:
        yield Path(error.filename), error


def _identity(folder: Path) -> tuple[int, int] | Path:
    """What it is by whatever path; the path itself where that cannot be told."""
    try:
        about = folder.stat()
    except OSError:
        return folder
    return about.st_dev, about.st_ino


def stamp(listed: dict[str, os.stat_result], closed: Sequence[str] = ()) -> str:
    """Hex digits that follow the names, sizes and times of files.

    Also the time of the last change of any kind, which nobody can put back: it is later also where
    a file has only been made readable.
    """
    stamps = [
        (name, about.st_size, about.st_mtime_ns, about.st_ctime_ns)
        for name, about in listed.items()
    ]
    return hashlib.sha256(repr((stamps, closed)).encode()).hexdigest()


def members(folder: Path, listed: dict[str, os.stat_result]) -> Iterator[Member]:
    """The files of a folder, as `archive.members` gives those of an archive."""

    def read(name: str) -> bytes:
        with (folder / name).open("rb") as file:
            return archive.content_of(file)

    for index, (name, about) in enumerate(listed.items()):
        yield Member(name, index / len(listed), about.st_size, lambda n=name: read(n))
