"""Archives of pictures, whole and harmed, and some made to do harm."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from core.data import folder
from tests.decoding.made import png
from tests.fuzz.hostile import Case, generator, mutated, unseemly

Files = dict[str, bytes]
PLAIN: Files = {
    f"{top}{label}/{number}.png": png(4 + number, 6, "RGB")
    for top in ("train/", "test/")
    for label in ("cat", "dog")
    for number in range(3)
}
NASTY: Files = PLAIN | {
    "train/cat/\x1b[2J\n.png": png(3, 3, "L"),
    "train/dog/" + "long" * 500 + ".png": b"",
    "train/dog/\u202egnp.png": png(3, 3, "L"),
    "notes.txt": b"",
    "stray.png": png(3, 3, "L"),
}
HUGE: Files = PLAIN | {f"train/cat/huge {number}.png": bytes(50 * 10**6) for number in range(3)}
LARGE: Files = PLAIN | {f"train/dog/{n}.png": png(3000, 3000, "RGBA") for n in range(4)}
NAMED: Files = {"\x1b[2Jcat/1.png": PLAIN["train/cat/1.png"], "dog/1.png": b""}


def zipped(files: Files, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name), content, compression)
    return made.getvalue()


def tarred(
    files: Files, form: int = tarfile.PAX_FORMAT, headers: dict[str, str] | None = None
) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=form) as packed:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.pax_headers = headers or {}
            packed.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def _gzipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def _claiming(kind: bytes, size: int) -> bytes:
    entry = tarfile.TarInfo("train/cat/claim.png")
    entry.type, entry.size = kind, size
    return entry.tobuf()


WHOLE: dict[str, Callable[[], bytes]] = {
    "zip": lambda: zipped(PLAIN),
    "zip, stored": lambda: zipped(PLAIN, zipfile.ZIP_STORED),
    "zip, bzip2": lambda: zipped(PLAIN, zipfile.ZIP_BZIP2),
    "zip, lzma": lambda: zipped(PLAIN, zipfile.ZIP_LZMA),
    "zip, names": lambda: zipped(NASTY),
    "tar": lambda: tarred(PLAIN),
    "tar, GNU": lambda: tarred(NASTY, tarfile.GNU_FORMAT),
    "tar, names": lambda: tarred(NASTY),
    "tar, sparse": lambda: tarred(
        PLAIN, headers={"GNU.sparse.map": "0,9", "GNU.sparse.size": "99"}
    ),
    "tar.gz": lambda: _gzipped(tarred(PLAIN)),
    "tar.bz2": lambda: bz2.compress(tarred(PLAIN)),
    "tar.xz": lambda: lzma.compress(tarred(PLAIN)),
}
TARS = ("tar", "tar, GNU", "tar, names", "tar, sparse")  # in WHOLE, not packed
SPECIAL: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "class of a nasty name": lambda: zipped(NAMED),
    "zip of huge members": lambda: zipped(HUGE),
    "zip of huge members, bzip2": lambda: zipped(HUGE, zipfile.ZIP_BZIP2),
    "tar.gz of huge members": lambda: _gzipped(tarred(HUGE)),
    "zip of large pictures": lambda: zipped(LARGE),
    "tar.gz with a long header": lambda: _gzipped(
        _claiming(tarfile.XHDTYPE, 10**8) + bytes(10**8 + 512)
    ),
    "tar.gz with a long name": lambda: _gzipped(
        _claiming(tarfile.GNUTYPE_LONGNAME, 10**8) + bytes(10**8 + 512)
    ),
    "tar with an endless member": lambda: _claiming(tarfile.REGTYPE, 2**60),
    "tar with a link": lambda: _claiming(tarfile.SYMTYPE, 0),
    "tar with many sparse blocks": lambda: _gzipped(_sparse(10**5)),
}


def _sparse(blocks: int) -> bytes:
    """The map of a sparse member, in ever more blocks."""
    begin = bytearray(_claiming(tarfile.GNUTYPE_SPARSE, 10))
    begin[482] = 1
    block = (b"00000000001\0" * 42).ljust(504, b"\0") + b"\1".ljust(8, b"\0")
    return _checked(bytes(begin)) + block * blocks


def _checked(tar: bytes) -> bytes:
    """A tar whose headers have checksums that are right again, so that it is looked at further."""
    checked = bytearray(tar)
    for at in range(0, len(checked), tarfile.BLOCKSIZE):
        if checked[at + 257 : at + 262] == b"ustar":
            checked[at + 148 : at + 156] = b" " * 8
            total = sum(checked[at : at + tarfile.BLOCKSIZE])
            checked[at + 148 : at + 156] = f"{total:06o}\0 ".encode()
    return bytes(checked)


def case(seed: int, number: int) -> Case:
    """First what is special, then what is whole, and from then on what is harmed."""
    first = SPECIAL | WHOLE
    if number < len(first):
        name = list(first)[number]
        return Case(name, first[name]())
    draw = generator(seed, number)
    name = draw.choice(list(WHOLE))
    harmed = mutated(draw, WHOLE[name]())
    if name in TARS and draw.random() < 0.7:
        packed = draw.choice((bytes, _gzipped, bz2.compress, lzma.compress))
        return Case(f"{name}, harmed, packed", packed(_checked(harmed)))
    return Case(f"{name}, harmed", harmed)


def feed(case: Case) -> None:
    """Have a case read as training pictures. What is read is kept in the cache, so CONVSCOPE_HOME
    should name a folder to throw away."""
    with TemporaryDirectory() as place:
        path = Path(place) / "own archive"
        path.write_bytes(case.content)
        pictures, _ = folder.load(path)
    assert pictures.train.images.shape[1:] == (32, 32, 3)
    assert len(np.unique(pictures.train.labels)) == len(pictures.classes)
    for text in (*pictures.classes, *pictures.skipped):
        assert not unseemly(text), text
