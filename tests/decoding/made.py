"""Picture files made byte by byte, as a program that means harm would."""

import io
import struct
import zlib

from PIL import Image

COLOUR_TYPES = {"L": 0, "RGB": 2, "RGBA": 6}


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, mode: str, between: bytes = b"") -> bytes:
    """A PNG all of zeros, which is small however large the picture; `between` are more chunks."""
    header = struct.pack(">IIBBBBB", width, height, 8, COLOUR_TYPES[mode], 0, 0, 0)
    packer, row = zlib.compressobj(1), bytes(1 + len(mode) * width)
    rows = min(height, max(1, 2**20 // len(row)))
    packed = [packer.compress(row * min(rows, height - at)) for at in range(0, height, rows)]
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + between
        + chunk(b"IDAT", b"".join([*packed, packer.flush()]))
        + chunk(b"IEND", b"")
    )


def jpeg_of_scans(image: Image.Image, extra: int) -> bytes:
    """A progressive JPEG with so many scans more, each of which refines nothing."""
    content = encoded(image, "JPEG", progressive=True, quality=50)
    # The last bit of the first component's means; bits that are missing count as 0.
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x00\x10"
    return content[:-2] + scan * extra + content[-2:]


def jpeg_of_segments(count: int) -> bytes:
    content = encoded(Image.new("RGB", (8, 8)), "JPEG")
    return content[:2] + b"\xff\xe3\x00\x02" * count + content[2:]


def gif_of_blocks(count: int) -> bytes:
    """A comment in blocks of one byte before the picture."""
    content = encoded(Image.new("L", (8, 8)), "GIF")
    at = 13 + 3 * 2 ** ((content[10] & 7) + 1)
    return content[:at] + b"!\xfe" + b"\x01a" * count + b"\x00" + content[at:]


def tiff_of_strips(count: int) -> bytes:
    """A picture of 1x2 that says its pixels are in so many places."""
    short, long, start = 3, 4, 126
    entries = [
        (256, short, 1, 1), (257, short, 1, 2), (258, short, 1, 8), (259, short, 1, 1),
        (262, short, 1, 1), (273, long, count, start), (278, short, 1, 1), (279, long, 1, 1),
    ]  # fmt: skip
    directory = struct.pack("<H", len(entries))
    directory += b"".join(struct.pack("<HHII", *entry) for entry in entries)
    head = b"II*\x00" + struct.pack("<I", 8) + directory
    return head.ljust(start, b"\x00") + bytes(4 * count)
