"""Pictures of every format, whole and harmed, and some made to do harm."""

import random
import zlib
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
from PIL import Image

from core.decoding import framed, read_picture
from tests.decoding.made import (
    chunk,
    encoded,
    gif_of_blocks,
    jpeg_of_scans,
    jpeg_of_segments,
    png,
    tiff_of_strips,
)
from tests.fuzz.hostile import Case, generator, mutated

WAYS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("PNG", "RGB", {}), ("PNG", "RGBA", {}), ("PNG", "P", {"transparency": 1}), ("PNG", "1", {}),
    ("PNG", "LA", {}), ("PNG", "I;16", {}), ("PNG", "P", {"transparency": bytes(range(9))}),
    ("JPEG", "RGB", {}), ("JPEG", "L", {"progressive": True}), ("JPEG", "CMYK", {}),
    ("JPEG", "RGB", {"progressive": True, "subsampling": 0}), ("MPO", "RGB", {"save_all": True}),
    ("WEBP", "RGB", {}), ("WEBP", "RGBA", {"lossless": True}), ("WEBP", "RGB", {"save_all": True}),
    ("GIF", "P", {}), ("GIF", "L", {"save_all": True}), ("GIF", "P", {"transparency": 2}),
    ("BMP", "RGB", {}), ("BMP", "P", {}), ("BMP", "1", {}), ("BMP", "RGBA", {}),
    ("TIFF", "RGB", {}), ("TIFF", "F", {}), ("TIFF", "I", {}), ("TIFF", "CMYK", {}),
    ("TIFF", "1", {"compression": "group4"}), ("TIFF", "RGBA", {"compression": "tiff_lzw"}),
    ("TIFF", "RGB", {"compression": "jpeg"}), ("TIFF", "L", {"save_all": True}),
    ("TIFF", "LAB", {}), ("TIFF", "YCbCr", {}), ("AVIF", "RGB", {}), ("AVIF", "RGBA", {}),
)  # fmt: skip
SPECIAL: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "one side of fifty million": lambda: png(1, 49_999_999, "L"),
    "sixteen megapixels, see-through": lambda: png(4000, 4000, "RGBA"),
    "twenty thousand to one": lambda: png(20_000, 1, "RGB"),
    "many scans": lambda: jpeg_of_scans(Image.new("RGB", (64, 64)), 500),
    "as many scans as are allowed": lambda: jpeg_of_scans(Image.new("RGB", (64, 64)), 180),
    "many segments": lambda: jpeg_of_segments(400_000),
    "many blocks": lambda: gif_of_blocks(400_000),
    "many strips": lambda: tiff_of_strips(400_000),
    "a large text, packed": lambda: png(8, 8, "RGB", chunk(b"zTXt", b"a\0\0" + _zeros(10**8))),
    "a large profile, packed": lambda: png(8, 8, "RGB", chunk(b"iCCP", b"a\0\0" + _zeros(10**8))),
    "an EXIF of noise": lambda: png(
        8, 8, "RGB", chunk(b"eXIf", b"II*\0\x08\0\0\0" + b"\x12" * 999)
    ),
}


def case(seed: int, number: int) -> Case:
    """First what is special, then what is whole, and from then on what is harmed."""
    whole = _whole(seed)
    if number < len(SPECIAL):
        name = list(SPECIAL)[number]
        return Case(name, SPECIAL[name]())
    if number < len(SPECIAL) + len(whole):
        name = list(whole)[number - len(SPECIAL)]
        return Case(name, whole[name])
    draw = generator(seed, number)
    name = draw.choice(list(whole))
    harmed = mutated(draw, whole[name])
    if " PNG " in name and draw.random() < 0.7:
        harmed = _checked(harmed)
    return Case(f"{name}, harmed", harmed)


def feed(case: Case) -> None:
    """Have a case read and framed."""
    picture = read_picture(case.content, case.name)
    assert picture.image.mode == "RGB"
    assert 1 <= picture.image.width <= picture.width
    assert 1 <= picture.image.height <= picture.height
    for fit in ("crop", "pad", "stretch"):
        assert framed(picture, fit, 32).size == (32, 32)


@cache
def _whole(seed: int) -> dict[str, bytes]:
    return dict(_encoded(random.Random(seed)))


def _encoded(draw: random.Random) -> Iterator[tuple[str, bytes]]:
    for number, (kind, mode, options) in enumerate(WAYS):
        width, height = draw.randint(1, 60), draw.randint(1, 60)
        image = _noise(width, height, mode, draw)
        more = {"append_images": [image, image]} if "save_all" in options else {}
        exif = Image.Exif()
        exif[0x0112] = draw.randint(1, 8)
        turned = {"exif": exif} if kind not in ("GIF", "BMP") else {}
        yield f"{number} {kind} {mode}", encoded(image, kind, **options, **more, **turned)


def _checked(content: bytes) -> bytes:
    """A PNG whose chunks have checksums that are right again, so that it is looked at further."""
    at, checked = 8, bytearray(content)
    while at + 12 <= len(checked):
        end = at + 8 + int.from_bytes(checked[at : at + 4])
        checked[end : end + 4] = zlib.crc32(checked[at + 4 : end]).to_bytes(4)
        at = end + 4
    return bytes(checked)


def _noise(width: int, height: int, mode: str, draw: random.Random) -> Image.Image:
    pixels = np.frombuffer(draw.randbytes(width * height * 4), np.uint8)
    pixels = pixels.reshape(height, width, 4)
    if mode == "I;16":
        return Image.fromarray(pixels.view(np.uint16)[:, :, 0].copy())
    if mode in ("F", "I"):
        return Image.fromarray(pixels.view(np.float32 if mode == "F" else np.int32)[:, :, 0].copy())
    if mode in ("LAB", "LA"):
        bands = [Image.fromarray(pixels[:, :, band].copy()) for band in range(len(mode))]
        return Image.merge(mode, bands)
    image = Image.fromarray(pixels)
    return image if mode == "RGBA" else image.convert("RGB").convert(mode)


def _zeros(count: int) -> bytes:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(10**6)) for _ in range(count // 10**6))
    return packed + packer.flush()
