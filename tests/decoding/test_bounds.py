"""No picture takes much memory or many steps, whatever it claims or holds."""

import threading
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.decoding import read_picture
from core.decoding.checks import MAX_PARTS, MAX_SCANS
from core.decoding.memory import Allowance
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
from tests.memory import megabytes_taken


def photo() -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8))


def read_file(path: Path) -> None:
    assert read_picture(path.read_bytes()).width == 10_000


def test_fifty_megapixels_with_transparency_are_held_once(tmp_path: Path) -> None:
    file = tmp_path / "large.png"
    file.write_bytes(png(10_000, 5_000, "RGBA"))
    assert megabytes_taken(read_file, file) < 200 + 60


@pytest.mark.parametrize("size", [(1, 49_999_999), (20_001, 1), (1, 20_001)])
def test_a_side_of_more_than_20_000_pixels_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ConvscopeError, match=r"^line\.png has a side of more than 20,000 pixels"):
        read_picture(png(*size, "L"), "line.png")


@pytest.mark.parametrize("size", [(20_000, 3), (3, 20_000)])
def test_long_and_narrow_pictures_are_read(size: tuple[int, int]) -> None:
    picture = read_picture(png(*size, "RGB"))
    assert (picture.width, picture.height) == picture.image.size == size


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_of_a_large_photo_enough_is_kept_to_look_at(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    wide = Image.linear_gradient("L").resize((3000, 2000)).convert("RGB")
    picture = read_picture(encoded(wide, kind, exif=exif))
    assert (picture.width, picture.height) == (2000, 3000)
    assert 512 <= picture.image.width < 1024
    assert picture.image.height == pytest.approx(1.5 * picture.image.width, abs=1)


def test_scaling_down_averages_and_loses_no_edge() -> None:
    pixels = np.zeros((1100, 1603, 3), dtype=np.uint8)
    pixels[::2, :, 0] = 200
    pixels[1098:] = 255
    pixels[:, 1602:] = 255
    kept = np.asarray(read_picture(encoded(Image.fromarray(pixels), "PNG")).image)
    assert kept.shape == (550, 802, 3)
    assert np.unique(kept[:-1, :-1, 0]).tolist() == [100]
    assert kept[-1].min() == kept[:, -1].min() == 255


def test_a_jpeg_of_very_many_scans_is_refused() -> None:
    with pytest.raises(ConvscopeError, match=r"^slow\.jpg is a JPEG of 10,010 scans"):
        read_picture(jpeg_of_scans(photo(), 10_000), "slow.jpg")


def test_a_usual_progressive_jpeg_is_read_and_so_is_one_of_many_scans() -> None:
    few, many = (read_picture(jpeg_of_scans(photo(), extra)) for extra in (0, MAX_SCANS - 10))
    assert np.array_equal(np.asarray(few.image), np.asarray(many.image))


def test_only_scans_of_the_picture_itself_count() -> None:
    """A preview in the header and what phones append, such as a film, have markers of their own."""
    content, markers = encoded(photo(), "JPEG"), b"\xff\xda" * 5000
    preview = b"\xff\xe4" + (2 + len(markers)).to_bytes(2) + markers
    read_picture(content[:2] + preview + content[2:] + markers)


@pytest.mark.parametrize(
    "made",
    [
        lambda count: png(8, 8, "RGB", between=chunk(b"abCd", b"") * count),
        jpeg_of_segments,
        lambda count: encoded(photo(), "JPEG").replace(b"\xff\xdb", b"\xff" * count + b"\xdb", 1),
        gif_of_blocks,
        tiff_of_strips,
    ],
    ids=["PNG chunks", "JPEG segments", "JPEG filling", "GIF blocks", "TIFF strips"],
)
def test_a_file_of_very_many_parts_is_refused(made: Callable[[int], bytes]) -> None:
    with pytest.raises(ConvscopeError, match=r"^parts\.x consists of more than 300,000 parts"):
        read_picture(made(MAX_PARTS + 1), "parts.x")
    read_picture(made(1000))


def test_many_colour_profiles_are_refused() -> None:
    """Pillow unpacks each, up to a megabyte of it."""
    profile = chunk(b"iCCP", b"x\x00\x00" + zlib.compress(bytes(10**6)))
    with pytest.raises(ConvscopeError, match="parts"):
        read_picture(png(8, 8, "RGB", between=profile * 50))
    read_picture(png(8, 8, "RGB", between=profile))


def test_large_pictures_wait_for_room_and_small_ones_do_not() -> None:
    allowance, order = Allowance(total=100, small=10), []

    def want(size: int) -> threading.Thread:
        def hold() -> None:
            with allowance.take(size):
                order.append(size)

        thread = threading.Thread(target=hold)
        thread.start()
        return thread

    with allowance.take(60):
        large = want(1000)  # more than there is in all: it may have everything
        want(10).join()
        want(40).join()
        assert order == [10, 40]
    large.join()
    assert order == [10, 40, 1000]
