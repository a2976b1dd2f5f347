"""Any picture a person may have, read safely and turned into plain RGB."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import ExifTags, Image, ImageFile

from core.decoding.checks import FORMATS, READABLE, jpeg_scans, refuse_unreadable
from core.decoding.memory import Allowance
from core.errors import ConvscopeError
from core.wording import shown

MAX_PIXELS = 50_000_000
MAX_SIDE = 20_000  # pixels
KEPT_SIDE = 512  # pixels, which the shorter side of a larger picture keeps at least
BAND_PIXELS = 2**20  # converted at a time
PIXEL_BYTES = {"WEBP": 16, "AVIF": 12, "TIFF": 8}  # while decoding, as measured; others take 4
COEFFICIENT_BYTES = 6  # a pixel of a JPEG of several scans, of whole size
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each EXIF orientation."""
SIDEWAYS = (5, 6, 7, 8)

_allowance = Allowance(total=256 * 2**20, small=8 * 2**20)


@dataclass(frozen=True)
class Picture:
    """A picture as a person would see it.

    image: RGB, 8 bits a channel, upright, opaque; a large one is scaled down by a whole number, so
        far that its shorter side keeps at least 512 pixels
    width, height: pixels of the original, after turning upright
    notes: what was changed on the way, one plain sentence each
    """

    image: Image.Image
    width: int
    height: int
    notes: tuple[str, ...] = ()


def read_picture(content: bytes, name: str = "picture") -> Picture:
    """Decode the bytes of a picture file; the format is told by the bytes, not by the name.

    Turned upright by its EXIF orientation; transparency is laid on white; of several frames or
    pages the first is taken; more than 8 bits a channel are rescaled, never clipped.

    Raises ConvscopeError, naming the file, when it is empty, damaged, cut short, of another
    format, larger than 50 megapixels or 20,000 pixels a side (told from the header, before anything
    is decoded), or made so that decoding would take very long.
    """
    name = shown(name)
    refuse_unreadable(content, name)
    try:
        image = _opened(content, name)
        _refuse_too_large(image, name)
        return _decoded(image, jpeg_scans(content))
    except (ConvscopeError, MemoryError):
        raise
    except Exception as error:  # the decoders meet bad bytes with almost any exception
        raise ConvscopeError(
            f"{name} is damaged or cut short and could not be read; save or send it again."
        ) from error


def _opened(content: bytes, name: str) -> ImageFile.ImageFile:
    """What Image.open does but for its warning of large pictures, which are refused here anyway:
    warnings go through filters of the whole process, where no thread can silence its own."""
    Image.init()
    for kind in FORMATS:
        factory, accepts = Image.OPEN[kind]
        if accepts is None or accepts(content[:16]) is True:
            try:
                return factory(BytesIO(content), "")
            except SyntaxError:
                continue
    if b"<svg" in content[:2000].lower():
        raise ConvscopeError(
            f"{name} is an SVG drawing, made of shapes and not of pixels; export it as PNG."
        )
    raise ConvscopeError(
        f"{name} is not a picture that can be read here, or its beginning is damaged; "
        f"use {READABLE}."
    )


def _refuse_too_large(image: Image.Image, name: str) -> None:
    if image.width * image.height > MAX_PIXELS:
        size = f"has more than {MAX_PIXELS // 1_000_000} megapixels"
    elif max(image.size) > MAX_SIDE:
        size = f"has a side of more than {MAX_SIDE:,} pixels"
    else:
        return
    raise ConvscopeError(
        f"{name} {size}, which is too large to read; scale it down first (the network sees 32x32 "
        "pixels of it)."
    )


def _decoded(image: ImageFile.ImageFile, scans: int) -> Picture:
    width, height = image.size
    notes: list[str] = []
    if getattr(image, "is_animated", False):
        notes.append("It holds several pictures; the first was taken.")
    image.draft("RGB", (KEPT_SIDE, KEPT_SIDE))  # JPEG: decode at a smaller scale
    taken = _bytes(image, width * height if scans > 1 else 0)
    with _allowance.take(taken), closing(image):
        turn = _orientation(image)
        image.load()
        left = _orientation(image)  # a TIFF has turned itself
        rgb = _rgb(image, notes)
    if left != 1:
        rgb = rgb.transpose(TURNS[left])
    if turn != 1 or left != 1:
        notes.insert(0, "It was turned upright, as its EXIF orientation says.")
    if left in SIDEWAYS:
        width, height = height, width
    return Picture(rgb, width, height, tuple(dict.fromkeys(notes)))


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 (upright) also where there is none that makes sense."""
    given = image.getexif().get(ExifTags.Base.Orientation)
    return given if given in TURNS else 1


def _bytes(image: Image.Image, rescanned: int) -> int:
    """What decoding will take, where so many pixels are gone over more than once."""
    pixel = PIXEL_BYTES.get(image.format or "", 4)
    return pixel * image.width * image.height + COEFFICIENT_BYTES * rescanned


def _rgb(image: Image.Image, notes: list[str]) -> Image.Image:
    """Converted and scaled down in bands, for which a copy of the whole is never made."""
    factor = max(1, min(image.size) // KEPT_SIDE)
    levels = _levels(image) if _is_deep(image) else None
    rgb = Image.new("RGB", (-(-image.width // factor), -(-image.height // factor)))
    for top, band in _bands(image, factor):
        rgb.paste(_converted(band, levels, notes).reduce(factor), (0, top // factor))
    return rgb


def _bands(image: Image.Image, factor: int = 1) -> Iterator[tuple[int, Image.Image]]:
    """Pieces of the whole width from top to bottom, of a multiple of `factor` rows but the last."""
    rows = max(1, BAND_PIXELS // (image.width * factor)) * factor
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(top + rows, image.height)))


def _converted(
    image: Image.Image, levels: tuple[float, float] | None, notes: list[str]
) -> Image.Image:
    if levels is not None:
        notes.append(f"Its grey values ({image.mode}) were rescaled to 8 bits.")
        grey = _rescaled(image, *levels)
        clear = image.info.get("transparency")  # of a PNG: the level that is
        if clear is not None:
            grey.putalpha(Image.fromarray(np.asarray(image) != clear))
        return _on_white(grey.convert("RGBA"), notes)
    if image.has_transparency_data:
        return _on_white(image.convert("RGBA"), notes)
    if image.mode == "CMYK":
        notes.append("Its printing colours (CMYK) were converted to RGB.")
    return image.convert("RGB")


def _is_deep(image: Image.Image) -> bool:
    """Whether its greys have more than 8 bits."""
    return image.mode in ("I", "F") or image.mode.startswith("I;16")


def _levels(image: Image.Image) -> tuple[float, float]:
    """What becomes black and what white. 16-bit greys have their full range; 32-bit and
    floating-point ones, which have no natural range, go from their least value to their greatest.
    """
    if image.mode.startswith("I;16"):
        return 0.0, 65535.0
    low, high = float("inf"), float("-inf")
    for _, band in _bands(image):
        values = np.asarray(band, dtype=np.float64)
        finite = np.isfinite(values)
        low = values.min(initial=low, where=finite)
        high = values.max(initial=high, where=finite)
    return (low, high) if low <= high else (0.0, 1.0)


def _rescaled(image: Image.Image, low: float, high: float) -> Image.Image:
    values = np.nan_to_num(np.asarray(image, dtype=np.float64), nan=low, posinf=high, neginf=low)
    scaled = (values - low) / max(high - low, np.finfo(np.float64).tiny) * 255
    return Image.fromarray(scaled.round().astype(np.uint8))


def _on_white(image: Image.Image, notes: list[str]) -> Image.Image:
    if image.getchannel("A").getextrema() == (255, 255):
        return image.convert("RGB")
    notes.append("It is transparent in places; these were laid on white.")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")
