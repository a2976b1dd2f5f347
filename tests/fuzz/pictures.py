"""Pictures of every format, whole and harmed, and some made to do harm."""

import random
import zlib
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image

from core.decoding import framed, read_picture
from core.errors import ConvscopeError
from tests.decoding.made import (
    chunk,
    encoded,
    gif_of_blocks,
    jpeg_of_scans,
    jpeg_of_segments,
    png,
    tiff_of_strips,
)
from tests.fuzz.mutations import mutated

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


def cases(seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """Name and content of `count` files, the same for the same seed: what is special, what is
    whole, and from then on what is harmed."""
    draw = random.Random(seed)
    whole = dict(_whole(draw))
    first = list(SPECIAL.items())
    first += [(name, lambda content=content: content) for name, content in whole.items()]
    for number in range(count):
        if number < len(first):
            name, make = first[number]
            yield name, make()
        else:
            name = draw.choice(list(whole))
            yield f"{name}, harmed, {number}", mutated(whole[name], draw)


def feed(name: str, content: bytes) -> None:
    """Have a case read and framed. Raises whatever comes but a picture or a sentence."""
    try:
        picture = read_picture(content, name)
    except ConvscopeError as refusal:
        sentence = str(refusal)
        assert sentence.isprintable(), name
        assert len(sentence) < 400, name
        return
    assert picture.image.mode == "RGB", name
    assert 1 <= picture.image.width <= picture.width, name
    assert 1 <= picture.image.height <= picture.height, name
    for fit in ("crop", "pad", "stretch"):
        assert framed(picture, fit, 32).size == (32, 32), name


def _whole(draw: random.Random) -> Iterator[tuple[str, bytes]]:
    for number, (kind, mode, options) in enumerate(WAYS):
        width, height = draw.randint(1, 60), draw.randint(1, 60)
        image = _noise(width, height, mode, draw)
        more = {"append_images": [image, image]} if "save_all" in options else {}
        exif = Image.Exif()
        exif[0x0112] = draw.randint(1, 8)
        turned = {"exif": exif} if kind not in ("GIF", "BMP") else {}
        yield f"{number} {kind} {mode}", encoded(image, kind, **options, **more, **turned)


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
