"""The square of 32x32 pixels that networks are trained on and shown."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.data import folder
from core.decoding import SUFFIXES, read_picture
from core.prediction import to_input
from tests.decoding.made import encoded


def square(content: bytes) -> np.ndarray:
    return to_input(read_picture(content)).numpy()


def png(pixels: np.ndarray, **options: object) -> bytes:
    return encoded(Image.fromarray(pixels), "PNG", **options)


def test_a_wide_picture_is_cut_to_its_middle() -> None:
    pixels = np.zeros((10, 30, 3), dtype=np.uint8)
    pixels[:, 10:20] = (200, 100, 50)
    middle = square(png(pixels))[:, 4:-4]  # the outermost pixels blend with what was cut off
    assert np.abs(middle.astype(int) - (200, 100, 50)).max() <= 3


def test_a_picture_of_the_right_size_is_taken_as_it_is() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    assert np.array_equal(square(png(pixels)), pixels)


@pytest.mark.parametrize("side", [256, 3000])
def test_shrinking_averages_instead_of_picking_pixels(side: int) -> None:
    stripes = np.zeros((side, side), dtype=np.uint8)
    stripes[:, ::2] = 200
    assert np.abs(square(png(stripes)).astype(int) - 100).max() <= 5


def test_orientation_from_exif_is_obeyed() -> None:
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    pixels = np.zeros((32, 32, 3), dtype=np.uint8)
    pixels[0] = 255
    assert square(png(pixels, exif=exif))[:, 0, 0].tolist() == [0] * 31 + [255]


def test_transparent_pixels_are_laid_on_white() -> None:
    pixels = np.zeros((32, 32, 4), dtype=np.uint8)
    pixels[:16, :, 3] = 255
    assert square(png(pixels))[[0, 31], 0].tolist() == [[0, 0, 0], [255, 255, 255]]


def test_sixteen_bits_are_scaled_to_eight() -> None:
    pixels = np.full((32, 32), 128 * 256, dtype=np.uint16)
    assert square(png(pixels))[0, 0].tolist() == [128, 128, 128]


NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (70, 90, 3), np.uint8))
GREYS = np.linspace(-3, 5, 90 * 70, dtype=np.float32).reshape(70, 90)
PALETTE = NOISE.quantize(16)
TURNED = Image.Exif()
TURNED[0x0112] = 6
FILES: dict[str, Callable[[], bytes]] = {
    "avif.avif": lambda: encoded(NOISE, "AVIF"),
    "bmp.bmp": lambda: encoded(NOISE, "BMP"),
    "cmyk.jpg": lambda: encoded(NOISE.convert("CMYK"), "JPEG"),
    "deep.png": lambda: png((GREYS * 9000 + 30_000).astype(np.uint16)),
    "float.tif": lambda: encoded(Image.fromarray(GREYS), "TIFF"),
    "frames.gif": lambda: encoded(NOISE, "GIF", save_all=True, append_images=[PALETTE]),
    "grey.png": lambda: encoded(NOISE.convert("L"), "PNG"),
    "large.jpeg": lambda: encoded(NOISE.resize((1200, 1050)), "JPEG"),
    "large.png": lambda: encoded(NOISE.resize((1050, 1200)).convert("RGBA"), "PNG"),
    "palette.png": lambda: encoded(PALETTE, "PNG", transparency=3),
    "progressive.jpg": lambda: encoded(NOISE, "JPEG", progressive=True),
    "turned.jpg": lambda: encoded(NOISE, "JPEG", exif=TURNED),
    "turned.tiff": lambda: encoded(NOISE, "TIFF", exif=TURNED, compression="tiff_lzw"),
    "webp.webp": lambda: encoded(NOISE.convert("RGBA"), "WEBP"),
}


@pytest.mark.usefixtures("home")
def test_a_file_gives_the_same_square_in_training_as_when_it_is_shown(tmp_path: Path) -> None:
    contents = {name: make() for name, make in FILES.items()}
    for part in ("train", "test"):
        for label in ("cat", "dog"):
            (tmp_path / "own" / part / label).mkdir(parents=True)
            for name, content in contents.items():
                (tmp_path / "own" / part / label / name).write_bytes(content)
    pictures, _ = folder.load(tmp_path / "own")
    assert pictures.skipped == ()
    assert {Path(name).suffix for name in FILES} == SUFFIXES
    for name, trained in zip(sorted(contents), pictures.train.images.numpy(), strict=False):
        assert np.array_equal(trained, square(contents[name])), name
    grey = pictures.train.images[sorted(contents).index("float.tif")]
    assert grey.float().mean() == pytest.approx(127.5, abs=2)
