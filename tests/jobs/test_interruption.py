"""Killed, interrupted and resumed: nothing stored is lost, and the result is the same."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import torch
from safetensors.torch import load_file

from core.files import PROJECT
from core.recipe import Recipe
from core.runs.run import Run
from core.runs.store import RunStore
from tests.waiting import wait_until


def start(home: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "core", *arguments],
        cwd=PROJECT,
        env=os.environ | {"CONVSCOPE_HOME": str(home), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def only_run(store: RunStore) -> Run | None:
    runs = store.runs()
    return runs[0] if runs else None


@pytest.fixture
def long_recipe(tmp_path: Path, tiny_recipe: Recipe) -> Path:
    path = tmp_path / "long.toml"
    path.write_text(tiny_recipe.model_copy(update={"epochs": 100}).to_toml())
    return path


@pytest.mark.parametrize("snapshot", [True, False], ids=["after a snapshot", "before any"])
def test_a_killed_run_resumes_to_the_weights_of_an_unbroken_one(
    snapshot: bool, tmp_path: Path, store: RunStore, long_recipe: Path
) -> None:
    unbroken = start(tmp_path / "other", "train", str(long_recipe))
    victim = start(store.folder, "train", str(long_recipe))
    wait_until(lambda: (run := only_run(store)) and run.done_steps > 0)
    run = store.runs()[0]
    if snapshot:
        store.request(run.id, "pause")
        wait_until(lambda: store.get(run.id).status == "paused")
    steps = store.get(run.id).done_steps
    victim.kill()
    victim.communicate()

    found = RunStore(store.folder).get(run.id)
    assert found.status == "interrupted" and found.resumable
    assert len(store.metrics.steps(run.id)) >= steps > 0
    assert store.state_path(run.id).exists() == snapshot

    resumed = start(store.folder, "train", "--resume", run.id)
    assert resumed.wait(timeout=120) == 0, resumed.communicate()[0]
    assert store.get(run.id).status == "finished"
    assert len(store.metrics.steps(run.id)) == store.get(run.id).total_steps
    assert unbroken.wait(timeout=120) == 0
    other = RunStore(tmp_path / "other")
    other_id = other.runs()[0].id
    mine, theirs = load_file(store.best_path(run.id)), load_file(other.best_path(other_id))
    assert mine.keys() == theirs.keys()
    assert all(torch.equal(mine[name], theirs[name]) for name in mine)
    figures = ["epoch", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy"]
    epochs, reference = store.metrics.epochs(run.id), other.metrics.epochs(other_id)
    pd.testing.assert_frame_equal(epochs[figures], reference[figures], rtol=1e-9)
    for process in (unbroken, resumed):
        process.communicate()


def test_ctrl_c_saves_the_run_and_ends(store: RunStore, long_recipe: Path) -> None:
    process = start(store.folder, "train", str(long_recipe))
    wait_until(lambda: (run := only_run(store)) and run.done_steps > 0)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    run = store.runs()[0]
    assert process.returncode == 0
    assert run.status == "stopped" and store.state_path(run.id).exists()
    assert f"--resume {run.id}" in output and "Traceback" not in output


def test_a_reproduction_that_was_broken_off_goes_on_where_it_was(
    store: RunStore, long_recipe: Path
) -> None:
    process = start(store.folder, "reproduce", str(long_recipe), "--seeds", "2")
    wait_until(lambda: (run := only_run(store)) and run.done_steps > 0)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "Stopped; the same command goes on from here." in output and "Traceback" not in output
    broken_off = store.runs()[0]
    assert broken_off.status == "stopped"

    again = start(store.folder, "reproduce", str(long_recipe), "--seeds", "2")
    output, _ = again.communicate(timeout=120)
    assert again.returncode == 0, output
    assert [run.status for run in store.runs()] == ["finished", "finished"]
    assert store.get(broken_off.id).recipe.seed == 0
    assert "| 2 |" in output


def test_a_full_disk_fails_the_run_and_spares_what_was_stored(
    store: RunStore, long_recipe: Path
) -> None:
    """A limit on the size of any file stands in for the full disk."""
    script = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "sys.argv = ['core', 'train', sys.argv[1]];"
        "import core.runs.checkpoint, core.jobs.execute as e; from core.runs.checkpoint import *\n"
        "from core.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))\n"
        "main()"
    )
    big = Recipe.from_toml(long_recipe.read_text()).model_dump()
    big["model"] |= {"channels": (64, 128)}
    big["epochs"] = 1
    long_recipe.write_text(Recipe.parse(big).to_toml())
    process = subprocess.run(
        [sys.executable, "-c", script, str(long_recipe)],
        cwd=PROJECT,
        env=os.environ | {"CONVSCOPE_HOME": str(store.folder), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    run = store.runs()[0]
    assert process.returncode == 1
    assert run.status == "failed" and "could not be saved" in run.message
    assert run.message.split()[0] in process.stderr and "Traceback" not in process.stderr
    assert list(store.files(run.id).glob("*")) == []
    assert len(store.metrics.steps(run.id)) > 0
