import struct
import warnings
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from core.decoding import read_picture
from core.errors import ConvscopeError
from tests.decoding.made import chunk, encoded

RED, BLUE = (255, 0, 0), (0, 0, 255)


def left_red_right_blue(mode: str = "RGB") -> Image.Image:
    image = Image.new("RGB", (64, 48), RED)
    image.paste(BLUE, (32, 0, 64, 48))
    return image.convert(mode)


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds no pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    empty = chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + empty


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_every_format_keeps_its_colours_and_needs_no_note(kind: str) -> None:
    picture = read_picture(encoded(left_red_right_blue(), kind), "two.x")
    assert (picture.width, picture.height) == picture.image.size == (64, 48)
    assert picture.image.mode == "RGB"
    assert np.allclose(np.asarray(picture.image)[24, 8], RED, atol=12)
    assert np.allclose(np.asarray(picture.image)[24, 56], BLUE, atol=12)
    assert picture.notes == ()


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("P", "PNG"), ("P", "GIF"), ("RGBA", "PNG"), ("RGBA", "WEBP"), ("CMYK", "JPEG"),
     ("CMYK", "TIFF"), ("YCbCr", "TIFF"), ("YCbCr", "JPEG"), ("RGBX", "TIFF")],
)  # fmt: skip
def test_every_colour_mode_becomes_the_same_rgb(mode: str, kind: str) -> None:
    image = left_red_right_blue(mode)
    picture = read_picture(encoded(image, kind))
    assert np.allclose(np.asarray(picture.image)[24, 8], RED, atol=12)
    assert np.allclose(np.asarray(picture.image)[24, 56], BLUE, atol=12)


@pytest.mark.parametrize(
    ("mode", "kind"), [("1", "PNG"), ("L", "PNG"), ("LA", "PNG"), ("1", "TIFF")]
)
def test_greys_become_equal_channels(mode: str, kind: str) -> None:
    image = Image.new("L", (4, 4), 255).convert(mode)
    assert read_picture(encoded(image, kind)).image.getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bit_greys_are_rescaled_and_not_clipped(kind: str) -> None:
    values = np.array([[0, 257, 32896, 65535]], dtype=np.uint16)
    picture = read_picture(encoded(Image.fromarray(values), kind))
    assert np.asarray(picture.image)[0, :, 0].tolist() == [0, 1, 128, 255]
    assert "rescaled" in picture.notes[0]


def test_a_grey_level_that_a_16_bit_png_calls_clear_is_laid_on_white() -> None:
    written = BytesIO()
    values = np.array([[0, 32896]], dtype=np.uint16)
    Image.fromarray(values).save(written, "PNG", transparency=0)
    picture = read_picture(written.getvalue())
    assert np.asarray(picture.image)[0, :, 0].tolist() == [255, 128]
    assert any("white" in note for note in picture.notes)


def test_words_in_a_photo_do_not_make_it_a_drawing() -> None:
    written = BytesIO()
    Image.new("RGB", (4, 4), "red").save(written, "JPEG", comment=b"made from <svg file>")
    assert read_picture(written.getvalue()).width == 4


@pytest.mark.parametrize("dtype", [np.int32, np.float32])
def test_greys_without_a_natural_range_go_from_least_to_greatest(dtype: type) -> None:
    values = np.array([[-100, 0, 100]], dtype=dtype)
    picture = read_picture(encoded(Image.fromarray(values), "TIFF"))
    assert np.asarray(picture.image)[0, :, 2].tolist() == [0, 128, 255]


def test_missing_and_infinite_values_do_not_spoil_the_rest() -> None:
    values = np.array([[0, np.nan, np.inf, 1]], dtype=np.float32)
    picture = read_picture(encoded(Image.fromarray(values), "TIFF"))
    assert np.asarray(picture.image)[0, :, 0].tolist() == [0, 0, 255, 255]


def test_16_bit_colours_are_rescaled() -> None:
    row = b"\x00" + struct.pack(">HHH", 65535, 32896, 0)
    header = struct.pack(">IIBBBBB", 1, 1, 16, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(row)), (b"IEND", b"")]
    content = b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in parts)
    assert read_picture(content).image.getpixel((0, 0)) == (255, 128, 0)


def test_transparency_is_laid_on_white() -> None:
    image = Image.new("RGBA", (2, 1), (255, 0, 0, 255))
    image.putpixel((1, 0), (255, 0, 0, 0))
    picture = read_picture(encoded(image, "PNG"))
    assert picture.image.getpixel((0, 0)) == RED
    assert picture.image.getpixel((1, 0)) == (255, 255, 255)
    assert "white" in picture.notes[0]


def test_a_transparent_palette_colour_is_laid_on_white() -> None:
    image = Image.new("P", (2, 1), 1)
    image.putpalette([0, 0, 0, 255, 0, 0])
    image.putpixel((1, 0), 0)
    picture = read_picture(encoded(image, "PNG", transparency=0))
    assert [picture.image.getpixel((x, 0)) for x in (0, 1)] == [RED, (255, 255, 255)]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_a_photo_taken_sideways_is_turned_upright(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned left: show it turned a quarter to the right
    picture = read_picture(encoded(left_red_right_blue(), kind, exif=exif))
    assert (picture.width, picture.height) == (48, 64)
    assert np.allclose(np.asarray(picture.image)[8, 24], RED, atol=12)
    assert np.allclose(np.asarray(picture.image)[56, 24], BLUE, atol=12)
    assert "upright" in picture.notes[0]


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF", "AVIF"])
def test_the_first_of_several_frames_is_taken(kind: str) -> None:
    second, third = Image.new("RGB", (8, 8), BLUE), Image.new("RGB", (8, 8), "white")
    content = encoded(
        Image.new("RGB", (8, 8), RED), kind, save_all=True, append_images=[second, third]
    )
    picture = read_picture(content)
    assert np.allclose(np.asarray(picture.image)[4, 4], RED, atol=12)
    assert picture.notes == ("It holds several pictures; the first was taken.",)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_a_file_cut_short_is_refused_by_name(kind: str, share: float) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    content = encoded(Image.fromarray(noise), kind)
    with pytest.raises(ConvscopeError, match=r"^cut\.img is .*damaged"):
        read_picture(content[: int(len(content) * share)], "cut.img")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"just some text, not pixels\n" * 20, "not a picture"),
        (b"%PDF-1.7 ...", "not a picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100), "HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + bytes(100), "HEIC"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (png_header(30_000, 30_000), "50 megapixels"),
        (png_header(10_000, 10_000), "50 megapixels"),
        (png_header(7_100, 7_100), "50 megapixels"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(ConvscopeError) as refusal:
        read_picture(content, "holiday.png")
    assert str(refusal.value).startswith("holiday.png ")
    assert sentence in str(refusal.value)
    assert str(refusal.value).count(". ") == 0


def test_no_warning_leaks_and_the_filters_are_left_alone() -> None:
    before = list(warnings.filters)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with pytest.raises(ConvscopeError):
            read_picture(png_header(10_000, 10_000))
    assert caught == []
    assert warnings.filters == before


def test_fifty_megapixels_are_still_read() -> None:
    picture = read_picture(encoded(Image.new("1", (10_000, 5_000), 1), "PNG"))
    assert (picture.width, picture.height) == (10_000, 5_000)
