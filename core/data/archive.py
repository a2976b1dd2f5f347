"""Reading .zip and .tar archives from anywhere, member by member, never unpacked to disk."""

import bz2
import gzip
import hashlib
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import IO

from core.decoding import MAX_FILE_BYTES
from core.errors import ConvscopeError
from core.wording import shown

MAX_FILES = 1_000_000
MAX_TOTAL_BYTES = 64 * 2**30  # of all members, unpacked
MAX_HEADER_BYTES = 2**20  # of a tar's member, with all that may be told of it
STEP = 4096  # bytes; of bzip2, this much may unpack to 80 MB
UNPACKERS = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ": lzma.open,
    b"]\0\0": lzma.open,
}
"""What unpacks a tar, by how the file begins."""

READ_ERRORS = (
    OSError,
    EOFError,
    NotImplementedError,  # a zip compression that Python lacks
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,  # the rest comes from headers that say what cannot be
    ValueError,
    IndexError,
)
"""What reading a damaged file raises."""


@dataclass(frozen=True)
class Member:
    """A file: its path with forward slashes, the share of all work done before it, in bytes its
    size as claimed, and a function for its content, to be called before the next member is asked
    for. It raises one of READ_ERRORS when the content is damaged or longer than MAX_FILE_BYTES."""

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
        raise ConvscopeError(f"{shown(path.name)} cannot be read ({error.strerror}).") from error


def content_of(file: IO[bytes]) -> bytes:
    """All of a file, whatever size it claims. Raises OSError when that is more than
    MAX_FILE_BYTES."""
    content = io.BytesIO()
    while block := file.read(STEP):
        if content.write(block) and content.tell() > MAX_FILE_BYTES:
            raise OSError("longer than it says")
    return content.getvalue()


def members(path: Path) -> Iterator[Member]:
    """The files in an archive: .zip, .tar, .tar.gz, .tar.bz2, .tar.xz (told by content, not name).

    Raises ConvscopeError, also half-way, when it is no archive, is damaged or encrypted, has
    members with absolute or ``..`` paths, links or devices, or unpacks to more than the limits.
    """
    total, name = 0, shown(path.name)
    try:
        read = _tar_members if _is_tar(path) else _zip_members
        for count, member in enumerate(read(path), 1):
            total += member.size
            if count > MAX_FILES or total > MAX_TOTAL_BYTES:
                raise ConvscopeError(
                    f"{name} unpacks to more than {MAX_FILES:,} files or "
                    f"{MAX_TOTAL_BYTES // 2**30} GiB; use a smaller archive, or unpack it and name "
                    "the folder."
                )
            yield member
    except READ_ERRORS as error:
        raise ConvscopeError(
            f"{name} cannot be read as a .zip or .tar archive; it may be damaged or cut off. "
            "Make or download it again."
        ) from error


def _zip_members(path: Path) -> Iterator[Member]:
    with zipfile.ZipFile(path) as file:

        def read(entry: zipfile.ZipInfo) -> bytes:
            with file.open(entry) as content:
                return content_of(content)

        entries = file.infolist()
        for index, entry in enumerate(entries):
            mode = entry.external_attr >> 16
            is_special = stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR)
            _check(path, entry.filename, is_special)
            if entry.flag_bits & 1:
                raise ConvscopeError(
                    f"{shown(path.name)} is encrypted. Make it again without a password."
                )
            if not entry.is_dir():
                done = index / len(entries)
                yield Member(entry.filename, done, entry.file_size, lambda e=entry: read(e))


def _is_tar(path: Path) -> bool:
    try:
        with path.open("rb") as raw:
            tarfile.TarFile(fileobj=_Metered(raw)).close()
    except READ_ERRORS:
        return False
    return True


def _tar_members(path: Path) -> Iterator[Member]:
    size = max(1, path.stat().st_size)
    with path.open("rb") as raw:
        metered = _Metered(raw)

        def read(entry: tarfile.TarInfo) -> bytes:
            content = file.extractfile(entry)
            metered.left = MAX_FILE_BYTES + MAX_HEADER_BYTES
            return content_of(content) if content is not None else b""

        with tarfile.TarFile(fileobj=metered) as file:
            while (entry := file.next()) is not None:
                _check(path, entry.name, not (entry.isfile() or entry.isdir()))
                if entry.isfile():
                    done = raw.tell() / size
                    yield Member(entry.name, done, entry.size, lambda e=entry: read(e))
                # Or it would keep what it knows of them all; typeshed does not know of it.
                file.members.clear()  # pyright: ignore[reportAttributeAccessIssue]
                metered.left = MAX_HEADER_BYTES


class _Metered(io.RawIOBase):
    """A tar, unpacked, of which no more than `left` bytes are read: tarfile would take names and
    properties of any length into memory, and unpacked these may be gigabytes."""

    def __init__(self, raw: IO[bytes]) -> None:
        begin = raw.read(8)
        raw.seek(0)
        unpack = [unpack for begins, unpack in UNPACKERS.items() if begin.startswith(begins)]
        self._file = unpack[0](raw) if unpack else raw
        self.left = MAX_HEADER_BYTES

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(min(size, self.left) if size >= 0 else self.left)
        self.left -= len(content)
        return content

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


def _check(archive: Path, name: str, is_special: bool) -> None:
    windows = PureWindowsPath(name)
    if windows.is_absolute() or windows.drive or windows.root or ".." in windows.parts:
        raise ConvscopeError(
            f"{shown(archive.name)} was refused: its member '{shown(name)}' would land outside of "
            "the archive's own folder. Make the archive again with plain relative paths."
        )
    if is_special:
        raise ConvscopeError(
            f"{shown(archive.name)} was refused: its member '{shown(name)}' is a link or a device. "
            "Make the archive again with the files themselves."
        )
