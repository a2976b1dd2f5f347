"""Small things that many tests share: a learnable little data set, a recipe for it, a store."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.data.dataset import Dataset, Normalisation, Split
from core.recipe import Recipe
from core.runs.store import RunStore
from tests.tiny import TINY

CLASSES = ("dark", "dim", "light", "bright")


def pytest_configure(config: pytest.Config) -> None:
    """Run on the CPU wherever it is; without a word on what to run, leave out what takes long."""
    os.environ["CONVSCOPE_DEVICES"] = "cpu"
    named = config.args_source is not pytest.Config.ArgsSource.TESTPATHS
    if not (named or config.option.markexpr or config.option.keyword):
        config.option.markexpr = "not (slow or browser)"


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sums on the CPU depend on the number of threads in their last bits."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # or training would follow the machine's load
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def store(home: Path) -> RunStore:
    return RunStore(home)


@pytest.fixture(scope="session")
def tiny_data() -> Dataset:
    """203 training pictures of four brightnesses, under noise."""
    generator = torch.Generator().manual_seed(0)

    def split(count: int) -> Split:
        labels = torch.arange(count) % len(CLASSES)
        noise = torch.randint(0, 50, (count, 32, 32, 3), generator=generator)
        return Split((noise + 60 * labels[:, None, None, None]).to(torch.uint8), labels)

    normalisation = Normalisation((0.45, 0.45, 0.45), (0.27, 0.27, 0.27))
    return Dataset("tiny", CLASSES, split(203), split(50), split(61), normalisation, "tiny 1")


@pytest.fixture
def own_pictures(tmp_path: Path) -> Path:
    """A folder of 24 noisy pictures in each of two class folders."""
    folder = tmp_path / "own"
    draw = np.random.default_rng(0)
    for number, name in enumerate(("night", "day")):
        (folder / name).mkdir(parents=True)
        for index in range(24):
            pixels = draw.integers(0, 120, (32, 32, 3)) + 120 * number
            Image.fromarray(pixels.astype(np.uint8)).save(folder / name / f"{index:02}.png")
    return folder


@pytest.fixture
def tiny_recipe() -> Recipe:
    return TINY


@pytest.fixture
def own_recipe(tiny_recipe: Recipe, own_pictures: Path) -> Recipe:
    """The tiny recipe on the user's own pictures."""
    data = {"source": "folder", "path": str(own_pictures), "validation": 0.2}
    return Recipe.parse(tiny_recipe.model_dump() | {"data": data})


@pytest.fixture
def change_pictures(own_pictures: Path) -> Callable[[], Callable[[], None]]:
    """Takes the first pictures of a class away, which moves the others into other splits, and
    returns what puts them back."""

    def change() -> Callable[[], None]:
        aside = own_pictures.with_name("aside")
        own_pictures.rename(aside)
        shutil.copytree(aside, own_pictures)
        for index in range(8):
            (own_pictures / "night" / f"{index:02}.png").unlink()

        def put_back() -> None:
            shutil.rmtree(own_pictures)
            aside.rename(own_pictures)

        return put_back

    return change


@pytest.fixture(scope="session")
def namespaces() -> None:
    """That processes may have disks and process numbers of their own. Where that is not allowed,
    tests with it fail in CI and are left out elsewhere."""
    command = ("unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--mount-proc")
    try:
        subprocess.run([*command, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        report = pytest.fail if os.environ.get("CI") else pytest.skip
        report("This system lets nobody make namespaces.")
