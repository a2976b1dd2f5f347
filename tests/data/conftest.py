import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from PIL import Image

NOBODY = 65534  # the id of a user who owns nothing
Paint = Callable[..., Path]
REAL_CIFAR10 = os.environ.get("CONVSCOPE_CIFAR10")  # before `home` hides it


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home of its own for every test, and no CIFAR-10 from the surroundings."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CONVSCOPE_HOME", str(folder))
    monkeypatch.delenv("CONVSCOPE_CIFAR10", raising=False)
    return folder


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every connection goes to a port of this machine where nobody answers."""
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)


@pytest.fixture
def paint() -> Paint:
    """Writes a picture of one colour with any suffix Pillow knows, and the folders above it."""

    def write(path: Path, colour: tuple[int, ...] = (10, 20, 30), size: int = 8) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.full((size, size, len(colour)), colour, dtype=np.uint8)
        Image.fromarray(pixels).save(path)
        return path

    return write


@pytest.fixture
def classes(tmp_path: Path, paint: Paint) -> Path:
    """A folder of two classes: ten pictures of cats (red 0 to 9), five of dogs (red 100 to 104)."""
    folder = tmp_path / "pets"
    for number in range(10):
        paint(folder / "cat" / f"{number}.png", (number, 0, 0))
    for number in range(5):
        paint(folder / "dog" / f"{number}.png", (100 + number, 0, 0))
    return folder


@pytest.fixture
def unprivileged(classes: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The two classes, and a home, of the user whom the test runs as: nobody, instead of root, who
    may read everything."""
    user = os.geteuid() or NOBODY
    with TemporaryDirectory() as place:
        monkeypatch.setenv("CONVSCOPE_HOME", f"{place}/home")
        folder = shutil.copytree(classes, Path(place) / classes.name)
        for path in (Path(place), folder, *folder.rglob("*")):
            os.chown(path, user, -1)
        before = os.geteuid()
        os.seteuid(user)
        try:
            yield folder
        finally:
            os.seteuid(before)


@pytest.fixture
def cifar10() -> Path | None:
    """The folder of the real CIFAR-10 where CONVSCOPE_CIFAR10 names one."""
    return Path(REAL_CIFAR10) if REAL_CIFAR10 else None
