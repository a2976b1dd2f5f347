"""Any picture a person may have, read safely and turned into plain RGB."""

import threading
import warnings
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from core.errors import ConvscopeError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
MAX_PIXELS = 50_000_000
HEIF_BRANDS = frozenset(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"heif", b"mif1", b"msf1")
)
READABLE = "PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF"

# Pillow warns through Python's filters, which belong to the whole process, so only one thread at a
# time may silence them; it also keeps a row of large uploads from being decoded side by side.
_decoding = threading.Lock()


@dataclass(frozen=True)
class Picture:
    """A picture as a person would see it.

    image: RGB, 8 bits a channel, upright, opaque
    width, height: pixels, after turning upright
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
    format, or larger than 50 megapixels (told from the header, before anything is decoded).
    """
    _refuse_known_strangers(content, name)
    with _decoding, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _decode(content, name)
        except (ConvscopeError, MemoryError):
            raise
        except Image.DecompressionBombError as error:
            raise ConvscopeError(_too_large(name)) from error
        except UnidentifiedImageError as error:
            raise ConvscopeError(
                f"{name} is not a picture that can be read here, or its beginning is damaged; "
                f"use {READABLE}."
            ) from error
        except Exception as error:  # the decoders meet bad bytes with almost any exception
            raise ConvscopeError(
                f"{name} is damaged or cut short and could not be read; save or send it again."
            ) from error


def _refuse_known_strangers(content: bytes, name: str) -> None:
    if not content:
        raise ConvscopeError(f"{name} is empty (0 bytes); choose the file again.")
    if content[4:8] == b"ftyp" and content[8:12] in HEIF_BRANDS and b"avif" not in content[12:64]:
        raise ConvscopeError(
            f"{name} is a HEIC/HEIF photo, the format of many phones, which cannot be read here; "
            "export or share it as JPEG."
        )
    if b"<svg" in content[:2000].lower():
        raise ConvscopeError(
            f"{name} is an SVG drawing, made of shapes and not of pixels; export it as PNG."
        )


def _decode(content: bytes, name: str) -> Picture:
    image: Image.Image = Image.open(BytesIO(content), formats=FORMATS)
    if image.width * image.height > MAX_PIXELS:
        raise ConvscopeError(_too_large(name))
    notes: list[str] = []
    frames = getattr(image, "n_frames", 1)
    if frames > 1:
        notes.append(f"It holds {frames} pictures; the first was taken.")
    if image.getexif().get(ExifTags.Base.Orientation, 1) in range(2, 9):
        notes.append("It was turned upright, as its EXIF orientation says.")
    upright = ImageOps.exif_transpose(image)
    rgb = _to_rgb(upright, notes)
    return Picture(rgb, rgb.width, rgb.height, tuple(notes))


def _to_rgb(image: Image.Image, notes: list[str]) -> Image.Image:
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        notes.append(f"Its grey values ({image.mode}) were rescaled to 8 bits.")
        return _rescale(image).convert("RGB")
    if image.has_transparency_data:
        return _on_white(image.convert("RGBA"), notes)
    if image.mode == "CMYK":
        notes.append("Its printing colours (CMYK) were converted to RGB.")
    return image.convert("RGB")


def _rescale(image: Image.Image) -> Image.Image:
    """16-bit greys by their full range; 32-bit and floating-point ones, which have no natural
    range, from their least value to their greatest."""
    values = np.asarray(image).astype(np.float32)
    if image.mode.startswith("I;16"):
        low, high = 0.0, 65535.0
    else:
        finite = values[np.isfinite(values)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        values = np.nan_to_num(values, nan=low, posinf=high, neginf=low)
    scaled = (values - low) * (255 / max(high - low, np.finfo(np.float32).tiny))
    return Image.fromarray(scaled.round().astype(np.uint8))


def _on_white(image: Image.Image, notes: list[str]) -> Image.Image:
    if image.getchannel("A").getextrema() == (255, 255):
        return image.convert("RGB")
    notes.append("It is transparent in places; these were laid on white.")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def _too_large(name: str) -> str:
    return (
        f"{name} has more than {MAX_PIXELS // 1_000_000} megapixels, which is too large to read; "
        "scale it down first (the network sees 32x32 pixels of it)."
    )
