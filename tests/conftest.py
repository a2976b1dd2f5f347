"""What all tests share: one thread, a home of their own, and small things to train on."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from core.data.dataset import Dataset, Normalisation, Split
from core.recipe import Augmentation, ConvNet, Data, Recipe
from core.runs.store import RunStore

WaitUntil = Callable[..., None]


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Sums depend on the number of threads in their last bits, and the tests compare bits."""
    os.environ["OMP_NUM_THREADS"] = "1"
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home of its own for every test."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CONVSCOPE_HOME", str(folder))
    return folder


@pytest.fixture
def store(home: Path) -> RunStore:
    return RunStore(home)


def bright_channels(count: int, seed: int) -> Split:
    """Dark noise in which one channel is bright: the class. Image i shows class i modulo 3."""
    generator = torch.Generator().manual_seed(seed)
    images = torch.randint(0, 100, (count, 32, 32, 3), dtype=torch.uint8, generator=generator)
    labels = torch.arange(count) % 3
    images[torch.arange(count), :, :, labels] += 120
    return Split(images, labels)


@pytest.fixture
def tiny_data() -> Dataset:
    """62 training, 21 validation and 15 test images of three classes that are told by colour."""
    return Dataset(
        name="Bright channels",
        classes=("red", "green", "blue"),
        train=bright_channels(62, seed=0),
        validation=bright_channels(21, seed=1),
        test=bright_channels(15, seed=2),
        normalisation=Normalisation((0.35, 0.35, 0.35), (0.25, 0.25, 0.25)),
        fingerprint="bright channels",
    )


@pytest.fixture
def tiny_recipe() -> Recipe:
    """Trains a few hundred weights in well under a second; on `tiny_data`, 4 steps an epoch."""
    return Recipe(
        name="Tiny",
        epochs=3,
        batch_size=16,
        precision="fp32",
        data=Data(source="shapes", images=100),
        augmentation=Augmentation(crop_padding=2),
        model=ConvNet(channels=(4, 8), depth=1, head="average"),
    )


@pytest.fixture
def wait_until() -> WaitUntil:
    """Waits for something that another thread or process does."""

    def wait(condition: Callable[[], object], timeout: float = 60.0) -> None:
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError("what the test waits for did not happen")
            time.sleep(0.02)

    return wait
