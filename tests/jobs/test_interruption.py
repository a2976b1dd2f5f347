"""Killed, interrupted and resumed: nothing stored is lost, and the result is the same."""

import re
import resource
import signal
from pathlib import Path

import pandas as pd
import pytest
import torch
from safetensors.torch import load_file

from core.recipe import Recipe
from core.runs.run import Run
from core.runs.store import RunStore
from tests.processes import Forked, command, run_command
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

PATIENCE = 120.0  # seconds for a command to end


def only_run(store: RunStore) -> Run | None:
    runs = store.runs()
    return runs[0] if runs else None


@pytest.fixture
def long_recipe(tmp_path: Path, tiny_recipe: Recipe) -> Path:
    path = tmp_path / "long.toml"
    path.write_text(tiny_recipe.model_copy(update={"epochs": 100}).to_toml())
    return path


@pytest.fixture
def said(tmp_path: Path) -> Path:
    return tmp_path / "said"


@pytest.mark.parametrize("snapshot", [True, False], ids=["after a snapshot", "before any"])
def test_a_killed_run_resumes_to_the_weights_of_an_unbroken_one(
    snapshot: bool, tmp_path: Path, store: RunStore, long_recipe: Path, said: Path
) -> None:
    unbroken = command(tmp_path / "other", tmp_path / "others", "train", str(long_recipe))
    victim = command(store.folder, said, "train", str(long_recipe))
    wait_until(lambda: (run := only_run(store)) and run.done_steps > 0)
    run = store.runs()[0]
    if snapshot:
        store.request(run.id, "pause")
        wait_until(lambda: store.get(run.id).status == "paused")
    steps = store.get(run.id).done_steps
    victim.kill()

    found = RunStore(store.folder).get(run.id)
    assert found.status == "interrupted" and found.resumable
    assert len(store.metrics.steps(run.id)) >= steps > 0
    assert store.state_path(run.id).exists() == snapshot

    resumed = command(store.folder, said, "train", "--resume", run.id)
    assert resumed.wait(PATIENCE) and resumed.code == 0, resumed.said
    assert store.get(run.id).status == "finished"
    assert len(store.metrics.steps(run.id)) == store.get(run.id).total_steps
    assert unbroken.wait(PATIENCE) and unbroken.code == 0, unbroken.said
    other = RunStore(tmp_path / "other")
    other_id = other.runs()[0].id
    mine, theirs = load_file(store.best_path(run.id)), load_file(other.best_path(other_id))
    assert mine.keys() == theirs.keys()
    assert all(torch.equal(mine[name], theirs[name]) for name in mine)
    figures = ["epoch", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy"]
    epochs, reference = store.metrics.epochs(run.id), other.metrics.epochs(other_id)
    pd.testing.assert_frame_equal(epochs[figures], reference[figures], rtol=1e-9)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_ctrl_c_or_the_end_of_its_terminal_saves_the_run(
    number: int, store: RunStore, long_recipe: Path, said: Path
) -> None:
    process = command(store.folder, said, "train", str(long_recipe), "--set", "epochs=1000")
    wait_until(lambda: (run := only_run(store)) and run.done_steps > 0)
    process.send(number)
    assert process.wait(30) and process.code == 0, process.said
    run = store.runs()[0]
    assert run.status == "stopped" and store.state_path(run.id).exists()
    assert f"--resume {run.id}" in process.said and "Traceback" not in process.said


def test_a_reproduction_that_was_broken_off_goes_on_where_it_was(
    store: RunStore, long_recipe: Path, said: Path, tmp_path: Path
) -> None:
    process = command(store.folder, said, "reproduce", str(long_recipe), "--seeds", "2")
    wait_until(lambda: (run := only_run(store)) and run.done_steps > 0)
    process.send(signal.SIGINT)
    assert process.wait(30) and process.code == 1, process.said
    assert "Stopped; the same command goes on from here." in process.said
    assert "Traceback" not in process.said
    broken_off = store.runs()[0]
    assert broken_off.status == "stopped"

    said = tmp_path / "said again"
    again = command(store.folder, said, "reproduce", str(long_recipe), "--seeds", "2")
    assert again.wait(PATIENCE) and again.code == 0, again.said
    assert [run.status for run in store.runs()] == ["finished", "finished"]
    assert store.get(broken_off.id).recipe.seed == 0
    assert re.search(r" 2 +\d+:\d\d\s*$", again.said, re.MULTILINE), again.said  # seeds, minutes


def train_with_small_files(recipe: str) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
    run_command("train", recipe)


def test_a_full_disk_fails_the_run_and_spares_what_was_stored(
    store: RunStore, long_recipe: Path, said: Path
) -> None:
    """A limit on the size of any file stands in for the full disk."""
    big = Recipe.from_toml(long_recipe.read_text()).model_dump()
    big["model"] |= {"channels": (64, 128)}
    big["epochs"] = 1
    long_recipe.write_text(Recipe.parse(big).to_toml())
    process = Forked(store.folder, said, train_with_small_files, str(long_recipe))
    assert process.wait(PATIENCE) and process.code == 1, process.said
    run = store.runs()[0]
    assert run.status == "failed" and "could not be saved" in run.message
    assert run.message.split()[0] in process.said and "Traceback" not in process.said
    assert list(store.files(run.id).glob("*")) == []
    assert len(store.metrics.steps(run.id)) > 0
