"""A disk that is full, a store that is kept locked: the run goes on or waits, and says why."""

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path

import pytest
import torch

from core.errors import ConvscopeError
from core.jobs import execute, recorder
from core.recipe import Recipe, load_recipe
from core.runs.checkpoint import load_checkpoint
from core.runs.store import RunStore
from core.training import Control, events
from tests.executing import CPU, carry_out
from tests.locked import locked
from tests.namespaces import mount_disk, place_in
from tests.processes import Forked, run_command
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

Begin = Callable[[Callable[[str, str], None], str], Forked]


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
    carry_out(store, run_id)
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
    carry_out(store, run_id)
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


def train_on_a_small_disk(options: str, recipe: str) -> None:
    mount_disk(Path(os.environ["CONVSCOPE_HOME"]), options)
    run_command("train", recipe)


def train_and_tell(options: str, recipe: str) -> None:
    """The last line is the run's status, its steps, and how many of them were stored."""
    try:
        train_on_a_small_disk(options, recipe)
    finally:
        store = RunStore()
        (run,) = store.runs()
        print(run.status, run.total_steps, len(store.metrics.steps(run.id)))


@pytest.fixture
def begin(
    namespaces: None,  # noqa: ARG001
    tiny_recipe: Recipe,
    tmp_path: Path,
) -> Iterator[Begin]:
    """A process whose home is on a small disk."""
    path = tmp_path / "tiny.toml"
    path.write_text(tiny_recipe.model_copy(update={"epochs": 400}).to_toml())
    begun: list[Forked] = []

    def start(function: Callable[[str, str], None], options: str) -> Forked:
        begun.append(Forked(tmp_path / "home", tmp_path / "said", function, options, str(path)))
        return begun[-1]

    yield start
    for process in begun:
        process.kill()


def test_a_run_on_a_real_disk_that_fills_up_waits_for_room(begin: Begin, tmp_path: Path) -> None:
    command = begin(train_and_tell, "size=6m")
    home = place_in(command.pid, tmp_path / "home")
    wait_until(lambda: any(home.glob("runs/*/state.safetensors")))
    filler = home / "filler"
    with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
        while True:
            file.write(bytes(4096))
    wait_until(lambda: "kept in memory" in command.said)
    filler.unlink()
    assert command.wait(150) and command.code == 0, command.said
    assert "The disk is full" in command.said and "Traceback" not in command.said
    *_, status, steps, stored = command.said.split()
    assert status == "finished" and steps == stored


def fill_and_close(recipe: str) -> None:
    """The last connection's end writes SQLite's log back, and takes its files away."""
    RunStore().create(load_recipe(recipe))
    gc.collect()


def look_at_what_may_only_be_read(options: str, recipe: str) -> None:
    place = Path(os.environ["CONVSCOPE_HOME"])
    mount_disk(place, options)
    filling = get_context("fork").Process(target=fill_and_close, args=(recipe,))
    filling.start()
    filling.join()
    assert not list(place.glob("*-wal"))
    subprocess.run(["mount", "-o", "remount,ro", place], check=True)
    os.chdir(place.parent)
    os.environ["CONVSCOPE_HOME"] = place.name  # a relative path is one, too
    run_command("runs")


def test_what_may_only_be_read_can_be_looked_at(begin: Begin) -> None:
    command = begin(look_at_what_may_only_be_read, "size=6m")
    assert command.wait(60) and command.code == 0, command.said
    assert "queued" in command.said


@pytest.mark.parametrize(
    ("options", "cause"),
    [("size=40k", "The disk is full"), ("size=6m,ro", "may only be read")],
    ids=["full", "read-only"],
)
def test_a_real_disk_that_is_full_or_read_only_is_said_at_once(
    options: str, cause: str, begin: Begin
) -> None:
    command = begin(train_on_a_small_disk, options)
    assert command.wait(60) and command.code == 1, command.said
    assert cause in command.said and "Traceback" not in command.said
