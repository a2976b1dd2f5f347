import io
import os
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.data import Dataset, load_dataset, source_stamp
from core.errors import ConvscopeError
from core.recipe import Data, Recipe
from core.runs.checkpoint import Card
from core.runs.store import RunStore


def load(path: Path) -> Dataset:
    return load_dataset(Data(source="folder", path=str(path)))


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
    empty, text, cut, notes, stray = sorted(data.skipped)
    assert empty == "cat/nothing.jpg is empty (0 bytes); take another copy of it."
    assert text.startswith("cat/text.png is not a picture that can be read here, or its beginning")
    assert cut.startswith("dog/cut.png is not a picture that can be read here, or its beginning")
    assert notes == "dog/notes.txt is not a kind of picture that can be read."
    assert stray == "stray.png lies outside the class folders."
    assert load(classes).skipped == data.skipped, "the cache must remember them"


def test_what_may_not_be_read_is_listed_until_it_may(unprivileged: Path):
    """A class, the folder inside one, a file, and files whose names alone may be read."""
    (unprivileged / "dog" / "more").mkdir()
    shutil.copytree(unprivileged / "cat", unprivileged / "cow")
    shutil.copytree(unprivileged / "cat", unprivileged / "names")
    locked = ("cow", "dog/more", "cat/3.png")
    for name in locked:
        (unprivileged / name).chmod(0)
    (unprivileged / "names").chmod(0o400)
    data = load(unprivileged)
    assert data.classes == ("cat", "dog")
    closed = ["cow", "dog/more", *(f"names/{number}.png" for number in range(10))]
    assert sorted(data.skipped) == [
        "cat/3.png is damaged or may not be read.",
        *(f"{name} cannot be looked into." for name in closed),
    ]
    for name in (*locked, "names"):
        (unprivileged / name).chmod(0o700)
    again = load(unprivileged)
    assert again.classes == ("cat", "cow", "dog", "names")
    assert again.skipped == ()


def test_names_that_are_no_utf8_fail_nothing(classes: Path, store: RunStore):
    """What they stand for is stored with a run and its network."""
    odd = os.fsdecode(b"\xff\xfe")
    (classes / "cat" / "0.png").rename(classes / "cat" / f"{odd}.png")
    (classes / "dog" / f"{odd}.txt").touch()
    wrapped = classes.parent / "outer" / odd
    shutil.copytree(classes, wrapped)
    data = load(wrapped.parent)
    assert len(data.train) + len(data.validation) + len(data.test) == 15
    recipe = Recipe.parse({"data": {"source": "folder", "path": str(wrapped.parent)}})
    run = store.create(recipe)
    for sentence in data.skipped:
        store.log(run, sentence)
    assert store.history(run)[0][1].endswith("??.txt is not a kind of picture that can be read.")
    assert Card.of(recipe, data).model_dump_json()
    (classes / "dog").rename(classes / odd)
    with pytest.raises(ConvscopeError, match=r"class folder '\?\?', .* Rename the folder"):
        load(classes)


def test_a_changed_folder_is_read_again(classes: Path, paint):
    before = load(classes)
    paint(classes / "dog" / "new.png", (200, 0, 0))
    after = load(classes)
    assert len(after.train) == len(before.train) + 1
    assert after.fingerprint != before.fingerprint


def test_other_content_of_the_same_size_and_time_is_read_again(classes: Path, paint):
    path = classes / "dog" / "0.png"
    paint(path, (200, 0, 0))
    about, before = path.stat(), load(classes)
    paint(path, (201, 0, 0))
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert path.stat().st_size == about.st_size
    assert load(classes).fingerprint != before.fingerprint


def test_files_are_read_again_once_somebody_lets_us(classes: Path):
    before = source_stamp(Data(source="folder", path=str(classes)))
    (classes / "dog" / "0.png").chmod(0o604)
    assert source_stamp(Data(source="folder", path=str(classes))) != before


def test_what_may_not_be_looked_into_is_named(classes: Path):
    """Closed to us, or, as here, so deep that no path leads there."""
    with within_deep_folders(classes / "cat"):
        Path("far.png").write_bytes(b"")
        Path("farther").mkdir()
    skipped = load(classes).skipped
    assert len(skipped) == 2
    assert all(sentence.startswith("cat/ddd") for sentence in skipped)
    assert all(sentence.endswith(" cannot be looked into.") for sentence in skipped)


def test_links_to_folders_are_followed_but_not_in_circles(tmp_path: Path, paint):
    """Links to classes that lie elsewhere, and one that leads back to where it came from."""
    for label in ("cat", "dog"):
        for number in range(4):
            paint(tmp_path / "elsewhere" / label / f"{number}.png")
        (tmp_path / "own").mkdir(exist_ok=True)
        (tmp_path / "own" / label).symlink_to(tmp_path / "elsewhere" / label)
    (tmp_path / "elsewhere" / "dog" / "back").symlink_to(tmp_path / "own")
    data = load(tmp_path / "own")
    assert data.classes == ("cat", "dog")
    assert data.skipped == ("dog/back cannot be looked into.",)


def test_data_is_called_like_its_folder_however_that_is_named(
    classes: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(classes)
    assert load(Path()).name == load(Path("cat/..")).name == classes.name


def test_a_class_is_called_in_whatever_writing_its_folder_is(tmp_path: Path, paint):
    """Some need joiners, which cannot be seen but steer nothing."""
    for name in ("می\u200cروم", "👩\u200d🚀"):
        for number in range(4):
            paint(tmp_path / "own" / name / f"{number}.png")
    assert load(tmp_path / "own").classes == ("می\u200cروم", "👩\u200d🚀")


def test_where_classes_are_missing_it_is_said_what_was_skipped(tmp_path: Path, paint):
    paint(tmp_path / "own" / "cat" / "0.png")
    (tmp_path / "own" / "dog").mkdir()
    for number in range(3):
        (tmp_path / "own" / "dog" / f"{number}.png").write_text("no picture")
    with pytest.raises(
        ConvscopeError, match=r"only the class 'cat'.* 3 files were skipped: dog/0.png is not a"
    ):
        load(tmp_path / "own")


@contextmanager
def within_deep_folders(top: Path) -> Iterator[None]:
    """Work in a folder whose path is nearly as long as the system takes."""
    before, longest = Path.cwd(), os.pathconf("/", "PC_PATH_MAX")
    try:
        os.chdir(top)
        left = longest - len(str(top)) - 5
        while left > 0:
            name = "d" * (left - 1 if left < 200 else 100)
            Path(name).mkdir()
            os.chdir(name)
            left -= len(name) + 1
        yield
    finally:
        os.chdir(before)


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


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("nowhere", ""),
        ("long" * 200, r" \(File name too long\)"),
        ("~no-such-user/x", r" \(there is no such user\)"),
    ],
)
def test_a_path_where_nothing_is_gets_a_sentence(path: str, reason: str):
    with pytest.raises(ConvscopeError, match=f"^There is no folder or archive at [^(]*{reason}. C"):
        load(Path(path))
    with pytest.raises(ConvscopeError, match="no folder or archive"):
        source_stamp(Data(source="folder", path=path))


NASTY = "\x1b[31m\n\u202e" + "long" * 1000


@pytest.mark.parametrize("suffix", [".zip", ".tar"])
def test_names_from_an_archive_are_short_and_printable_in_sentences(
    tmp_path: Path, paint: Callable[..., Path], suffix: str
):
    names = [f"{NASTY}.txt", f"cat/{NASTY}.png", f"{NASTY}/1.png", "dog/1.png"]
    content = paint(tmp_path / "1.png").read_bytes()
    packed = pack(tmp_path / f"own{suffix}", dict.fromkeys(names, content))
    with pytest.raises(ConvscopeError, match="Rename the folder") as caught:
        load(packed)
    assert_decent(str(caught.value))
    more = {f"{name}/{index}.png": content for name in ("cat", "dog") for index in range(3)}
    packed = pack(tmp_path / f"more{suffix}", {f"cat/{NASTY}.png": b"", NASTY: b"", **more})
    data = load(packed)
    assert len(data.skipped) == 2
    for sentence in data.skipped:
        assert_decent(sentence)
    with pytest.raises(ConvscopeError, match="would land outside") as caught:
        load(pack(tmp_path / f"outside{suffix}", {f"../{NASTY}": b""}))
    assert_decent(str(caught.value))


def test_a_sentence_names_a_few_classes_and_counts_the_rest(tmp_path: Path, paint):
    for number in range(40):
        paint(tmp_path / "own" / "train" / f"class {number:02}" / "1.png")
        if number < 2:
            paint(tmp_path / "own" / "test" / f"class {number:02}" / "1.png")
    with pytest.raises(ConvscopeError, match=r"class 02, .*, class 11 and 28 more"):
        load(tmp_path / "own")


def assert_decent(sentence: str) -> None:
    assert sentence.isprintable()
    assert len(sentence) < 400


def pack(path: Path, files: Mapping[str, bytes]) -> Path:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as packed:
            for name, content in files.items():
                packed.writestr(name, content)
    else:
        with tarfile.open(path, "w") as packed:
            for name, content in files.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                packed.addfile(entry, io.BytesIO(content))
    return path
