import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from core.data import load_dataset
from core.data.shapes import CHUNK, SHAPES, draw
from core.files import PROJECT
from core.recipe import Data


def test_ten_classes_take_turns():
    assert len(SHAPES) == 10
    assert draw(23, seed=0).labels.bincount().tolist() == [3, 3, 3, 2, 2, 2, 2, 2, 2, 2]


def test_a_picture_depends_on_seed_and_number_alone():
    some, more = draw(30, seed=0), draw(CHUNK + 30, seed=0)
    assert torch.equal(some.images, more.images[:30])
    assert not torch.equal(some.images, more.images[CHUNK:])
    assert not torch.equal(some.images, draw(30, seed=1).images)


@pytest.mark.slow
def test_another_processor_draws_the_same_pictures():
    """One without vector instructions, whose sines differ in their last bits."""
    program = f"from tests.data.test_shapes import drawn; print(drawn({CHUNK}))"
    elsewhere = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        env=os.environ | {"ATEN_CPU_CAPABILITY": "default", "MKL_ENABLE_INSTRUCTIONS": "SSE4_2"},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    assert elsewhere.stdout.strip() == drawn(CHUNK)


def drawn(count: int) -> str:
    """What stands for just these pictures."""
    return hashlib.sha256(draw(count, seed=0).images.numpy().tobytes()).hexdigest()


def test_no_two_pictures_are_alike_and_colours_say_nothing():
    split = draw(500, seed=0)
    assert len(split.images.flatten(1).unique(dim=0)) == 500
    brightness = split.images.float().mean(dim=(1, 2, 3)).view(-1, 10).mean(dim=0)
    assert brightness.max() - brightness.min() < 20  # of 255, between class means


def test_the_shapes_have_the_right_inside():
    """The sign of the distance at the middle, beside it, and far out, by hand for each shape."""
    x, y = torch.tensor([0.0, 0.0, 3.0]), torch.tensor([0.0, -0.6, 3.0])
    inside = {name: (distance(x, y) < 0).tolist() for name, distance in SHAPES.items()}
    assert inside == {
        "circle": [True, True, False],
        "ring": [False, True, False],
        "crescent": [False, False, False],
        "triangle": [True, False, False],
        "square": [True, True, False],
        "star": [True, False, False],
        "cross": [True, True, False],
        "heart": [True, True, False],
        "arrow": [True, True, False],
        "hourglass": [False, True, False],
    }


def test_distances_to_a_square_are_those_of_geometry():
    x, y = torch.tensor([0.0, 1.75, 1.75]), torch.tensor([0.0, 0.0, 1.75])
    assert torch.allclose(SHAPES["square"](x, y), torch.tensor([-0.75, 1.0, 2**0.5]))


def test_as_a_data_set(home: Path):
    told: list[tuple[str, float]] = []
    data = load_dataset(Data(images=200, validation=0.1), lambda *words: told.append(words))
    assert (len(data.train), len(data.validation), len(data.test)) == (180, 20, 40)
    assert data.validation.labels.bincount().tolist() == [2] * 10
    assert data.train.images.dtype == torch.uint8
    assert told[0] == ("Drawing shapes", 0.0)
    assert told[-1] == ("Shapes is ready", 1.0)
    assert [path.suffix for path in (home / "cache").iterdir()] == [".safetensors"]


@pytest.mark.usefixtures("home")
def test_another_split_seed_leaves_the_test_pictures_alone():
    one, other = (load_dataset(Data(images=200, split_seed=seed)) for seed in (0, 1))
    assert torch.equal(one.test.images, other.test.images)
    assert not torch.equal(one.validation.images, other.validation.images)
    assert one.fingerprint != other.fingerprint
