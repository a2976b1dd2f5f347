from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.data import Dataset, load_dataset
from core.data.folder import decode
from core.errors import ConvscopeError
from core.recipe import Data


def load(path: Path) -> Dataset:
    return load_dataset(Data(source="folder", path=str(path)))


def png(pixels: np.ndarray, **options: object) -> bytes:
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG", **options)
    return file.getvalue()


def decoded(content: bytes) -> np.ndarray:
    pixels = decode(content)
    assert isinstance(pixels, np.ndarray)
    return pixels


pytestmark = pytest.mark.usefixtures("home")


def test_class_folders_are_split_by_class(classes: Path):
    data = load(classes)
    assert data.classes == ("cat", "dog")
    # A fifth is for testing: 2 cats, 1 dog. Of the rest a tenth, but at least one, for validation.
    assert data.test.labels.bincount().tolist() == [2, 1]
    assert data.validation.labels.bincount().tolist() == [1, 1]
    assert data.train.labels.bincount().tolist() == [7, 3]
    reds = [int(x) for s in (data.train, data.validation, data.test) for x in s.images[:, 5, 5, 0]]
    assert sorted(reds) == [*range(10), *range(100, 105)]
    assert all((red >= 100) == bool(y) for red, y in zip(reds[:10], data.train.labels, strict=True))


@pytest.mark.parametrize("wrapped", [False, True])
def test_train_and_test_folders_are_kept(tmp_path: Path, paint, wrapped: bool):
    top = tmp_path / "own" / "inner" if wrapped else tmp_path / "own"
    for number in range(4):
        paint(top / "train" / "cat" / f"{number}.png", (1, 0, 0))
        paint(top / "train" / "dog" / "more" / f"{number}.png", (2, 0, 0))
    paint(top / "test" / "cat" / "a.png", (3, 0, 0))
    paint(top / "test" / "dog" / "b.png", (4, 0, 0))
    data = load(tmp_path / "own")
    assert data.test.images[:, 0, 0, 0].tolist() == [3, 4]
    assert data.test.labels.tolist() == [0, 1]
    assert len(data.train) + len(data.validation) == 8


def test_unreadable_files_are_listed_with_the_reason(classes: Path):
    (classes / "cat" / "text.png").write_text("not a picture")
    (classes / "cat" / "nothing.jpg").touch()
    cut = (classes / "dog" / "0.png").read_bytes()[:40]
    (classes / "dog" / "cut.png").write_bytes(cut)
    (classes / "dog" / "notes.txt").write_text("Rex, 2019")
    (classes / "dog" / ".hidden.png").touch()
    (classes / "stray.png").write_bytes((classes / "dog" / "0.png").read_bytes())
    data = load(classes)
    assert sorted(data.skipped) == [
        "cat/nothing.jpg is empty.",
        "cat/text.png cannot be read as a picture.",
        "dog/cut.png cannot be read as a picture.",
        "dog/notes.txt is not a kind of picture that can be read.",
        "stray.png lies outside the class folders.",
    ]
    assert load(classes).skipped == data.skipped, "the cache must remember them"


def test_a_changed_folder_is_read_again(classes: Path, paint):
    before = load(classes)
    paint(classes / "dog" / "new.png", (200, 0, 0))
    after = load(classes)
    assert len(after.train) == len(before.train) + 1
    assert after.fingerprint != before.fingerprint


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([], "holds no pictures in class folders"),
        (["a.png", "b.png"], "holds no pictures in class folders"),
        (["cat/1.png", "cat/2.png"], "holds only the class 'cat'"),
        (["cat/1.png", "cat/2.png", "dog/1.png"], "'dog' has only 1 training"),
        (["train/a/1.png", "train/b/1.png", "val/a/1.png"], "'train' but none called 'test'"),
        (
            ["train/a/1.png", "train/b/1.png", "test/a/1.png", "test/c/1.png"],
            "only one of them has b, c",
        ),
    ],
)
def test_a_folder_of_no_use_gets_a_sentence(tmp_path: Path, paint, files: list[str], sentence: str):
    (tmp_path / "own").mkdir()
    for name in files:
        paint(tmp_path / "own" / name)
    with pytest.raises(ConvscopeError, match=sentence):
        load(tmp_path / "own")


def test_a_missing_path_gets_a_sentence(tmp_path: Path):
    with pytest.raises(ConvscopeError, match="no folder or archive"):
        load(tmp_path / "nowhere")


def test_a_wide_picture_is_cut_to_its_middle():
    pixels = np.zeros((10, 30, 3), dtype=np.uint8)
    pixels[:, 10:20] = (200, 100, 50)
    middle = decoded(png(pixels))[:, 4:-4]  # the outermost pixels blend with what was cut off
    assert np.abs(middle.astype(int) - (200, 100, 50)).max() <= 3


def test_a_picture_of_the_right_size_is_taken_as_it_is():
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    assert np.array_equal(decoded(png(pixels)), pixels)


def test_shrinking_averages_instead_of_picking_pixels():
    stripes = np.zeros((256, 256), dtype=np.uint8)
    stripes[:, ::2] = 200
    assert np.abs(decoded(png(stripes)).astype(int) - 100).max() <= 5


def test_orientation_from_exif_is_obeyed():
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    pixels = np.zeros((32, 32, 3), dtype=np.uint8)
    pixels[0] = 255
    assert decoded(png(pixels, exif=exif))[:, 0, 0].tolist() == [0] * 31 + [255]


def test_transparent_pixels_are_laid_on_white():
    pixels = np.zeros((32, 32, 4), dtype=np.uint8)
    pixels[:16, :, 3] = 255
    assert decoded(png(pixels))[[0, 31], 0].tolist() == [[0, 0, 0], [255, 255, 255]]


def test_sixteen_bits_are_scaled_to_eight():
    pixels = np.full((32, 32), 128 * 256, dtype=np.uint16)
    assert decoded(png(pixels))[0, 0].tolist() == [128, 128, 128]


def test_a_picture_of_too_many_pixels_is_not_decoded():
    file = BytesIO()
    Image.new("1", (8000, 7000)).save(file, "PNG")
    assert decode(file.getvalue()) == "has more than 50 megapixels"
    file = BytesIO()
    Image.new("1", (30000, 30000)).save(file, "PNG")
    assert decode(file.getvalue()) == "has more than 50 megapixels"
