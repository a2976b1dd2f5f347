"""`python -m core versus`: networks, runs, files and ensembles beside each other."""

from pathlib import Path

import numpy as np
import pytest

from core.evaluation.logits import stored_logits
from core.runs.networks import SHIPPED
from core.runs.store import RunStore
from tests.cli.conftest import Command, refused

pytestmark = pytest.mark.usefixtures("home")


def said_by(name: str) -> np.ndarray:
    path = SHIPPED / f"{name}.safetensors"
    return stored_logits(path, "test", lambda: pytest.fail("not stored")).logits


def words(output: str) -> str:
    return " ".join(output.split())


def test_two_networks_are_compared_in_a_sentence_and_four_counts(core: Command) -> None:
    ended = core("versus", "three-block", "convnet-sgd")
    output = words(ended.output)
    labels = stored_logits(SHIPPED / "best.safetensors", "test", lambda: pytest.fail("")).labels
    a, b = (said_by(n).argmax(axis=1) == labels for n in ("three-block", "convnet-sgd"))
    assert ended.code == 0
    assert f"convnet-sgd gets {abs(100 * (b.mean() - a.mean())):.2f} points" in output
    assert f"both right {(a & b).sum():,}, only three-block {(a & ~b).sum():,}" in output


def test_a_file_and_an_ensemble_are_compared_as_networks_are(core: Command, tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.npy"
    np.save(path, said_by("three-block").argmax(axis=1))
    ended = core("versus", "three-block", path, "three-block+convnet-sgd")
    assert ended.code == 0
    assert "three-block and elsewhere.npy say the same of all 10,000" in words(ended.output)
    assert "three-block+convnet-sgd gets" in words(ended.output)
    assert "with Holm's correction for 2" in words(ended.output)


def test_a_run_is_found_by_its_name(core: Command, trained: str, store: RunStore) -> None:
    store.rename(trained, "this+that")
    assert "say the same of all" in core("versus", trained, "this+that").output


@pytest.mark.parametrize(("asked", "sentence"), [
    (("best",), "Name two networks or more"),
    (("best", "shapes-quick"), "knows other classes"),
    (("best", "nothing"), "There is no run called 'nothing'"),
    (("best", "gone.csv"), "gone.csv cannot be read"),
    (("one.csv", "two.csv"), "Files of predictions do not say what is true"),
])  # fmt: skip
def test_what_cannot_be_compared_is_told(
    asked: tuple[str, ...], sentence: str, core: Command
) -> None:
    assert sentence in refused(core("versus", *asked))
