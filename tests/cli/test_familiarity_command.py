"""What is familiar to a network, on the command line: learned, said with each picture, measured."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.files import home
from core.prediction.reference import reference_path
from core.runs.store import RunStore
from tests.cli.conftest import Command

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "noise.png")
    return tmp_path / "noise.png"


def test_an_unknown_picture_is_said_to_be_one_with_what_it_is_most_like(
    core: Command, noise: Path
) -> None:
    output = core("predict", "shapes-quick", noise).output
    assert "noise.png: unlike anything it was trained on; it would say" in output
    assert len(re.findall(r"#\d+", output)) == 5


def test_a_network_without_it_still_answers_and_says_how_it_is_learned(
    core: Command, trained: str, store: RunStore, noise: Path
) -> None:
    kept = reference_path(store.best_path(trained))
    kept.unlink()
    output = " ".join(core("predict", trained, noise).output.split())
    assert "It is not known yet which pictures are unlike" in output
    benchmark = " ".join(core("bench", "unknown", trained).errors.split())
    assert f"`python -m core familiarity {trained}` learns it" in benchmark
    assert f"`python -m core familiarity {trained}` learns it" in output
    assert re.search(r"noise\.png: \w+ \d", output)
    learned = core("familiarity", trained)
    assert "160 training images are kept" in " ".join(learned.output.split())
    assert kept.exists()
    assert "not known" not in core("predict", trained, noise).output


def test_the_benchmark_says_how_much_is_noticed(core: Command, trained: str) -> None:
    ended = core("bench", "unknown", trained, "--images", "100")
    assert ended.code == 0
    assert "Unknown pictures before" in ended.output
    table = (home() / "bench" / "unknown.md").read_text()
    kinds = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("|")]
    assert kinds[2:] == ["textures", "noise", "letters", "test images, flagged"]
