"""What is told of a picture's bytes before they are decoded: strangers, and files that would take
for ever.

Pillow goes through the parts of a file in Python, and libjpeg through the whole picture for each
scan, so a small file of very many would keep a processor busy for minutes.
"""

import re
from collections.abc import Callable

from core.errors import ConvscopeError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
"""As Pillow calls them."""
READABLE = "PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF"
SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"})
MAX_FILE_BYTES = 64 * 2**20  # of one among many: in a folder or an archive
MAX_PARTS = 300_000  # chunks, segments, blocks or strips; a GIF of 64 MiB has 260,000
MAX_SCANS = 200  # of a JPEG; progressive ones have about 10
PROFILE_PARTS = 10_000  # what a PNG's colour profile counts for; it is unpacked, up to a megabyte

HEIF_BRANDS = frozenset(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"heif", b"mif1", b"msf1")
)
JPEG_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")  # but those that stand alone
JPEG_END, JPEG_SCAN = 0xD9, 0xDA
TIFF_BYTES = (1, 2, 6, 7)  # types whose values are read as they are


def refuse_unreadable(content: bytes, name: str) -> None:
    """Raises ConvscopeError, naming the file, when it is of no use to look further."""
    if not content:
        raise ConvscopeError(f"{name} is empty (0 bytes); take another copy of it.")
    if content[4:8] == b"ftyp" and content[8:12] in HEIF_BRANDS and b"avif" not in content[12:64]:
        raise ConvscopeError(
            f"{name} is a HEIC/HEIF photo, the format of many phones, which cannot be read here; "
            "export or share it as JPEG."
        )
    if any(parts(content) > MAX_PARTS for begins, parts in PARTS if content.startswith(begins)):
        raise ConvscopeError(
            f"{name} consists of more than {MAX_PARTS:,} parts, too many to go through; open it in "
            "a picture program and save it again."
        )
    if (scans := jpeg_scans(content)) > MAX_SCANS:
        raise ConvscopeError(
            f"{name} is a JPEG of {scans:,} scans, and each is work for the whole picture; save it "
            f"again in a picture program, which makes at most {MAX_SCANS}."
        )


def jpeg_scans(content: bytes) -> int:
    """How often a JPEG goes over its pixels, counted as libjpeg will; 0 of other files."""
    return _jpeg(content)[1] if content.startswith(b"\xff\xd8") else 0


def _jpeg(content: bytes) -> tuple[int, int]:
    """The parts and the scans of a JPEG, up to its end or to where the parts are too many."""
    parts = scans = 0
    at = 2
    while parts <= MAX_PARTS and (found := JPEG_MARKER.search(content, at)):
        kind = found[0][1]
        if kind == JPEG_END:
            break
        parts += 1 if scans else found.end() - at  # Pillow goes to the first scan byte by byte
        scans += kind == JPEG_SCAN
        at = found.end() + int.from_bytes(content[found.end() : found.end() + 2])
    return parts, scans


def _png(content: bytes) -> int:
    parts, at = 0, 8
    while at < len(content) and parts <= MAX_PARTS:
        parts += PROFILE_PARTS if content[at + 4 : at + 8] == b"iCCP" else 1
        at += 12 + int.from_bytes(content[at : at + 4])
    return parts


def _gif(content: bytes) -> int:
    """Up to the second of its pictures; that there is one is all that is asked."""

    def colours(flags: int) -> int:
        return 3 << (flags & 7) + 1 if flags & 128 else 0

    parts, pictures, end = 0, 0, len(content) - 10  # what begins later is no whole picture
    at = 13 + colours(int.from_bytes(content[10:11]))
    while at < end and parts <= MAX_PARTS and pictures < 2:
        kind = content[at]
        parts += 1
        if kind == 0x2C:
            pictures += 1
            at += 11 + colours(content[at + 9])
        elif kind == 0x21:
            at += 2
        else:
            at += 1
            continue
        while at < end and parts <= MAX_PARTS and content[at]:
            at += 1 + content[at]
            parts += 1
        at += 1
    return parts


def _tiff(content: bytes) -> int:
    """Entries of the first directory, and numbers in them, such as the places of the strips."""
    order = "little" if content.startswith(b"I") else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(content[at : at + size], order)

    big = content[2:3] == b"+"
    at, head, entry, size = (number(8, 8), 8, 20, 8) if big else (number(4, 4), 2, 12, 4)
    end = min(at + head + entry * number(at, head), len(content))
    entries = range(at + head, end, entry)[: MAX_PARTS + 1]
    counts = (number(tag + 4, size) for tag in entries if number(tag + 2, 2) not in TIFF_BYTES)
    return len(entries) + sum(count for count in counts if count <= len(content))  # others: damage


PARTS: tuple[tuple[bytes, Callable[[bytes], int]], ...] = (
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"\xff\xd8", lambda content: _jpeg(content)[0]),
    (b"GIF8", _gif),
    (b"II", _tiff),
    (b"MM", _tiff),
)
