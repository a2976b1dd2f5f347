"""Small things that many tests share: a learnable little data set, a recipe for it, a store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from core.data.dataset import Dataset, Normalisation, Split
from core.recipe import Recipe
from core.runs.store import RunStore

CLASSES = ("dark", "dim", "light", "bright")


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
def tiny_recipe() -> Recipe:
    return Recipe.parse(
        {
            "name": "tiny",
            "epochs": 3,
            "batch_size": 32,
            "precision": "fp32",
            "data": {"source": "shapes", "images": 200, "validation": 0.2},
            "model": {"family": "convnet", "channels": [4, 8], "depth": 1},
            "optimizer": {"learning_rate": 0.02},
        }
    )
