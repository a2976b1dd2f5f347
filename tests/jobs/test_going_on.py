"""A run that goes on in this thread: nothing is lost, and nothing done twice."""

from collections.abc import Callable

import pytest
import torch

from core.jobs import execute
from core.recipe import Recipe
from core.runs.checkpoint import load_checkpoint
from core.runs.store import RunStore
from core.training import Control, events
from tests.executing import CPU, carry_out

pytestmark = pytest.mark.slow


def test_a_run_can_break_off_and_go_on_at_its_very_end(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    """As when the process dies after the last snapshot, before the run is called finished."""
    unbroken = store.create(tiny_recipe)
    carry_out(store, unbroken)
    run_id = store.create(tiny_recipe)
    told = execute(store, store.claim(run_id), Control(), CPU)
    for event in told:
        if isinstance(event, events.Snapshot) and event.state.step == 15:
            told.close()  # pyright: ignore[reportAttributeAccessIssue]
    assert store.get(run_id).status == "interrupted"
    carry_out(store, run_id)
    whole, again = store.get(unbroken), store.get(run_id)
    assert (again.status, again.accuracies) == ("finished", whole.accuracies)
    assert len(store.metrics.epochs(run_id)) == 3
    ours, theirs = (load_checkpoint(store.best_path(run)).weights for run in (run_id, unbroken))
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def stop_after_better_weights(store: RunStore, run_id: str) -> None:
    for event in execute(store, store.claim(run_id), Control(), CPU):
        if isinstance(event, events.EpochEnded) and event.best:
            store.request(run_id, "stop")
    assert store.get(run_id).status == "stopped"


def test_a_run_whose_pictures_were_changed_waits_for_the_old_ones_and_loses_nothing(
    store: RunStore, own_recipe: Recipe, change_pictures: Callable[[], Callable[[], None]]
) -> None:
    run_id = store.create(own_recipe)
    stop_after_better_weights(store, run_id)
    files = {path: path.read_bytes() for path in store.files(run_id).iterdir()}
    steps = store.metrics.steps(run_id)
    put_back = change_pictures()

    carry_out(store, run_id)
    run = store.get(run_id)
    assert run.status == "failed" and run.resumable
    assert run.message.startswith("own does not hold the pictures that this run was trained on")
    assert {path: path.read_bytes() for path in store.files(run_id).iterdir()} == files
    assert store.metrics.steps(run_id).equals(steps)

    put_back()
    carry_out(store, run_id)
    assert store.get(run_id).status == "finished"
    assert store.metrics.epochs(run_id)["epoch"].tolist() == [1, 2, 3]


def test_the_best_weights_on_disk_are_of_the_epochs_that_are_kept(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    """A process may die between better weights and the snapshot that knows of them."""
    run_id = store.create(tiny_recipe.model_copy(update={"epochs": 20}))
    stop_after_better_weights(store, run_id)
    snapshot = store.state_path(run_id).read_bytes()
    first = load_checkpoint(store.best_path(run_id))
    stop_after_better_weights(store, run_id)
    assert load_checkpoint(store.best_path(run_id)).card.epoch > first.card.epoch == 1
    store.state_path(run_id).write_bytes(snapshot)

    resumed = execute(store, store.claim(run_id), Control(), CPU)
    assert isinstance(next(resumed), events.Started)
    store.request(run_id, "stop")
    for _ in resumed:
        pass
    best = load_checkpoint(store.best_path(run_id))
    assert best.card == first.card
    assert all(torch.equal(best.weights[name], first.weights[name]) for name in first.weights)
    run = store.get(run_id)
    assert (run.best_epoch, run.accuracies) == (1, first.card.accuracies)


def test_a_failed_run_can_be_tried_again_from_its_start(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    run_id = store.create(tiny_recipe)
    blocker = store.files(run_id)
    blocker.parent.mkdir(parents=True)
    blocker.write_text("in the way")
    carry_out(store, run_id)
    assert store.get(run_id).resumable
    blocker.unlink()
    carry_out(store, run_id)
    run = store.get(run_id)
    assert run.status == "finished"
    assert store.metrics.epochs(run_id)["epoch"].tolist() == [1, 2, 3]
    assert len(store.metrics.steps(run_id)) == run.total_steps
