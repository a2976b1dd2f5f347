"""A disk that is full, a store that is kept locked: the run goes on or waits, and says why."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from core.errors import ConvscopeError
from core.files import PROJECT
from core.jobs import execute, recorder
from core.recipe import Recipe
from core.runs.checkpoint import load_checkpoint
from core.runs.store import RunStore
from core.training import Control, events
from tests.waiting import wait_until

CPU = torch.device("cpu")


@contextmanager
def locked(store: RunStore) -> Iterator[sqlite3.Connection]:
    """Another program keeps the store to itself, as a backup does."""
    other = sqlite3.connect(store.folder / "runs.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries again more often than every five seconds."""
    monkeypatch.setattr(recorder, "PATIENCE", 0.05)
    monkeypatch.setattr(recorder, "AGAIN_SECONDS", 0.1)


def assert_whole(store: RunStore, run_id: str, unbroken: str) -> None:
    """The run is finished, with every step, every epoch and the weights of an unbroken one."""
    run = store.get(run_id)
    assert run.status == "finished"
    assert store.metrics.steps(run_id)["step"].tolist() == list(range(run.total_steps))
    figures = ["epoch", "train_loss", "validation_loss", "validation_accuracy"]
    ours, theirs = store.metrics.epochs(run_id), store.metrics.epochs(unbroken)
    assert ours[figures].equals(theirs[figures])
    mine, reference = (load_checkpoint(store.best_path(i)).weights for i in (run_id, unbroken))
    assert all(torch.equal(mine[name], reference[name]) for name in reference)


@pytest.fixture
def unbroken(store: RunStore, tiny_recipe: Recipe) -> str:
    run_id = store.create(tiny_recipe)
    list(execute(store, store.claim(run_id), Control(), CPU))
    return run_id


@pytest.mark.usefixtures("impatient")
def test_a_locked_store_costs_a_run_nothing(
    store: RunStore, tiny_recipe: Recipe, unbroken: str
) -> None:
    run_id = store.create(tiny_recipe)
    told = execute(store, store.claim(run_id), Control(), CPU)
    next(told)
    with locked(store):
        reasons = set()
        while "EpochEnded 2" not in reasons:
            event = next(told)
            if isinstance(event, events.EpochEnded):
                reasons.add(f"EpochEnded {event.epoch}")
            if isinstance(event, events.Unstored):
                assert "Another program has kept" in event.reason and not event.waits
        assert store.metrics.epochs(run_id).empty  # nothing went through
    list(told)
    assert_whole(store, run_id, unbroken)
    assert "seconds nothing could be stored; now all" in " ".join(
        t for _, t in store.history(run_id)
    )


@pytest.mark.usefixtures("impatient")
def test_training_waits_before_too_much_is_kept_in_memory(
    store: RunStore, tiny_recipe: Recipe, unbroken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "MOST", 3)
    run_id = store.create(tiny_recipe)
    told = execute(store, store.claim(run_id), Control(), CPU)
    next(told)
    with locked(store):
        while True:
            event = next(told)
            if isinstance(event, events.Unstored) and event.waits:
                break
    list(told)
    assert_whole(store, run_id, unbroken)


@pytest.mark.usefixtures("impatient")
def test_a_process_that_must_end_leaves_a_run_that_can_be_resumed(
    store: RunStore, tiny_recipe: Recipe, unbroken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[execute.__module__], "LAST_SECONDS", 0.2)
    run_id, control = store.create(tiny_recipe), Control()
    told = execute(store, store.claim(run_id), control, CPU)
    next(told)
    with locked(store):
        control.stop()
        list(told)
        assert store.get(run_id).status == "interrupted"
    store.requeue(run_id)
    list(execute(store, store.claim(run_id), Control(), CPU))
    assert_whole(store, run_id, unbroken)


@pytest.mark.usefixtures("impatient")
def test_a_pause_that_cannot_be_stored_at_first_is_stored_later(
    store: RunStore, tiny_recipe: Recipe, unbroken: str
) -> None:
    run_id = store.create(tiny_recipe)
    told = execute(store, store.claim(run_id), Control(), CPU)
    next(told)
    store.request(run_id, "pause")
    with locked(store):
        while not isinstance(next(told), events.Paused):
            pass
        assert store.get(run_id).status == "running"
        waits = threading.Thread(target=lambda: list(told))
        waits.start()
    wait_until(lambda: store.get(run_id).status == "paused")
    assert store.state_path(run_id).exists()
    store.request(run_id, None)
    waits.join()
    assert_whole(store, run_id, unbroken)


@pytest.mark.usefixtures("impatient")
def test_a_failure_that_cannot_be_stored_leaves_no_zombie(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    fields = tiny_recipe.model_dump() | {"data": {"source": "folder", "path": "/no/such/place"}}
    run_id = store.create(Recipe.parse(fields))
    run = store.claim(run_id)
    told = execute(store, run, Control(), CPU)
    with locked(store):
        assert isinstance(next(told), events.Unstored)
        with pytest.raises(ConvscopeError, match="in training"):
            store.claim(run_id)
    list(told)
    assert store.get(run_id).status == "failed" and "/no/such/place" in store.get(run_id).message


ON_A_SMALL_DISK = """
import os, subprocess, sys, time
from pathlib import Path
home, recipe, options, fills_up = Path(sys.argv[1]), *sys.argv[2:]
home.mkdir()
subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", home], check=True)
os.environ["CONVSCOPE_HOME"] = str(home)
command = subprocess.Popen(
    [sys.executable, "-m", "core", "train", recipe],
    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
)
if fills_up == "True":
    while not any(home.glob("runs/*/state.safetensors")) and command.poll() is None:
        time.sleep(0.02)
    filler = home / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    said = ""
    while "kept in memory" not in said and (line := command.stdout.readline()):
        said += line
    print(said)
    filler.unlink()
print(command.communicate()[0])
if command.returncode == 0:
    from core.runs.store import RunStore
    store = RunStore(home)
    run = store.runs()[0]
    print("status", run.status, len(store.metrics.steps(run.id)) == run.total_steps)
sys.exit(command.returncode)
"""


@pytest.mark.parametrize(
    ("options", "fills_up", "cause"),
    [
        ("size=6m", True, "The disk is full"),
        ("size=40k", False, "The disk is full"),
        ("size=6m,ro", False, "may only be read"),
    ],
    ids=["fills up while training", "full", "read-only"],
)
def test_a_real_disk_that_is_full_or_read_only(
    options: str,
    fills_up: bool,
    cause: str,
    mount_namespace: tuple[str, ...],
    tiny_recipe: Recipe,
    tmp_path: Path,
) -> None:
    path = tmp_path / "tiny.toml"
    path.write_text(tiny_recipe.model_copy(update={"epochs": 400}).to_toml())
    script = [sys.executable, "-c", ON_A_SMALL_DISK, str(tmp_path / "home"), str(path)]
    ended = subprocess.run(
        [*mount_namespace, *script, options, str(fills_up)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert cause in ended.stdout, ended.stdout + ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
    assert ended.returncode == (0 if fills_up else 1)
    assert ("status finished True" in ended.stdout) == fills_up
