"""Decoded pictures kept on disk, so that a data set is read or drawn only once."""

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import save_file

from core.data.dataset import Split
from core.data.pictures import Pictures
from core.errors import ConvscopeError
from core.files import atomic_path, home
from core.tensors import DamagedFileError, open_tensors

LIMIT_BYTES = 4 * 2**30
MAX_HEADER = 100 * 2**20  # bytes, the most there can be; a sentence for each file left out fits
SUFFIX = ".safetensors"


def cached(
    key: str, build: Callable[[], Pictures], limit_bytes: int = LIMIT_BYTES
) -> tuple[Pictures, str]:
    """The pictures known as `key` with their fingerprint, from disk or else from `build`.

    `key` must name the content: another content needs another key. A damaged file is built again.
    When the cache holds more than `limit_bytes`, the files that were longest unused go. A cache
    that cannot be written costs time on the next load and nothing else.
    """
    path = home() / "cache" / (hashlib.sha256(key.encode()).hexdigest()[:32] + SUFFIX)
    stored = _read(path)
    if stored is not None:
        return stored
    pictures = build()
    fingerprint = pictures.fingerprint()
    try:
        _write(path, pictures, fingerprint)
        _trim(path.parent, limit_bytes)
    except (ConvscopeError, SafetensorError, OSError):  # the disk is full or read-only
        pass
    return pictures, fingerprint


def _read(path: Path) -> tuple[Pictures, str] | None:
    """What is stored at `path`, or None when it is missing or not what was once written."""
    try:
        with open_tensors(path, MAX_HEADER) as file:
            about = json.loads(file.metadata()["pictures"])
            train, test = (
                Split(file.get_tensor(f"{name}_images"), file.get_tensor(f"{name}_labels"))
                for name in ("train", "test")
            )
            pictures = Pictures(tuple(about["classes"]), train, test, tuple(about["skipped"]))
            fingerprint = about["fingerprint"]
            os.utime(path)  # marks it as used, for _trim
    except DamagedFileError:
        return None
    return (pictures, fingerprint) if pictures.fingerprint() == fingerprint else None


def _write(path: Path, pictures: Pictures, fingerprint: str) -> None:
    about = {
        "classes": pictures.classes,
        "skipped": pictures.skipped,
        "fingerprint": fingerprint,
    }
    tensors = {
        f"{name}_{part}": getattr(split, part).contiguous()
        for name, split in (("train", pictures.train), ("test", pictures.test))
        for part in ("images", "labels")
    }
    with atomic_path(path) as temporary:
        save_file(tensors, temporary, metadata={"pictures": json.dumps(about)})


def _trim(folder: Path, limit_bytes: int) -> None:
    """Delete the files longest unused until the rest fits, also what a killed process left."""
    files, total = [], 0
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # another process's temporary one, gone by now
            files.append((path, path.stat()))
    for path, about in sorted(files, key=lambda file: file[1].st_mtime_ns, reverse=True):
        total += about.st_size
        if total > limit_bytes:
            path.unlink(missing_ok=True)
