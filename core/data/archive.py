"""Reading .zip and .tar archives from anywhere, member by member, never unpacked to disk."""

import hashlib
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from core.errors import ConvscopeError

MAX_FILES = 1_000_000
MAX_FILE_BYTES = 64 * 2**20
MAX_TOTAL_BYTES = 64 * 2**30  # of all members, unpacked

READ_ERRORS = (
    OSError,
    EOFError,
    NotImplementedError,  # a zip compression that Python lacks
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
)
"""What reading a damaged file raises."""


@dataclass(frozen=True)
class Member:
    """A file: its path with forward slashes, the share of all work done before it, in bytes its
    size, and a function for its content, to be called before the next member is asked for."""

    name: str
    done: float
    size: int
    read: Callable[[], bytes]


def checksum(path: Path) -> str:
    """SHA-256 of a file's bytes, as hex digits. Raises ConvscopeError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ConvscopeError(f"{path.name} cannot be read ({error.strerror}).") from error


def members(path: Path) -> Iterator[Member]:
    """The files in an archive: .zip, .tar, .tar.gz, .tar.bz2, .tar.xz (told by content, not name).

    Raises ConvscopeError, also half-way, when it is no archive, is damaged or encrypted, has
    members with absolute or ``..`` paths, links or devices, or unpacks to more than the limits.
    """
    total = 0
    try:
        read = _tar_members if tarfile.is_tarfile(path) else _zip_members
        for count, member in enumerate(read(path), 1):
            total += member.size
            if count > MAX_FILES or total > MAX_TOTAL_BYTES:
                raise ConvscopeError(
                    f"{path.name} unpacks to more than {MAX_FILES:,} files or "
                    f"{MAX_TOTAL_BYTES // 2**30} GiB; use a smaller archive, or unpack it and name "
                    "the folder."
                )
            yield member
    except READ_ERRORS as error:
        raise ConvscopeError(
            f"{path.name} cannot be read as a .zip or .tar archive; it may be damaged or cut off. "
            "Make or download it again."
        ) from error


def _zip_members(path: Path) -> Iterator[Member]:
    with zipfile.ZipFile(path) as file:
        entries = file.infolist()
        for index, entry in enumerate(entries):
            mode = entry.external_attr >> 16
            is_special = stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR)
            _check(path, entry.filename, is_special)
            if entry.flag_bits & 1:
                raise ConvscopeError(f"{path.name} is encrypted. Make it again without a password.")
            if not entry.is_dir():
                done = index / len(entries)
                yield Member(entry.filename, done, entry.file_size, lambda e=entry: file.read(e))


def _tar_members(path: Path) -> Iterator[Member]:
    size = max(1, path.stat().st_size)
    with path.open("rb") as raw, tarfile.open(fileobj=raw, mode="r:*") as file:
        for entry in file:
            _check(path, entry.name, not (entry.isfile() or entry.isdir()))
            if entry.isfile():
                yield Member(
                    entry.name, raw.tell() / size, entry.size, lambda e=entry: _read(file, e)
                )


def _read(file: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    content = file.extractfile(entry)
    return content.read() if content is not None else b""


def _check(archive: Path, name: str, is_special: bool) -> None:
    windows = PureWindowsPath(name)
    if windows.is_absolute() or windows.drive or windows.root or ".." in windows.parts:
        raise ConvscopeError(
            f"{archive.name} was refused: its member '{name}' would land outside of the archive's "
            "own folder. Make the archive again with plain relative paths."
        )
    if is_special:
        raise ConvscopeError(
            f"{archive.name} was refused: its member '{name}' is a link or a device. Make the "
            "archive again with the files themselves."
        )
