"""One run, step by step in this thread: what is told, what is stored, and how it ends."""

import pytest
import torch

from core.errors import ConvscopeError
from core.jobs import execute
from core.recipe import ConvNet, Optimizer, Recipe, Schedule
from core.runs.checkpoint import load_checkpoint
from core.runs.run import Run
from core.runs.store import RunStore
from core.training import Control, events

CPU = torch.device("cpu")


def carry_out(store: RunStore, run_id: str, control: Control | None = None) -> list[events.Event]:
    return list(execute(store, store.claim(run_id), control or Control(), CPU))


def diverging(recipe: Recipe) -> Recipe:
    """The rate climbs; once it is above 2, the decay makes all weights grow: also those of features
    that never fire, which behind a ReLU would stay where a rate of 1 sends them, at 0."""
    return recipe.model_copy(
        update={
            "epochs": 30,
            "model": ConvNet(channels=(4, 8), depth=1, batch_norm=False, activation="leaky_relu"),
            "optimizer": Optimizer(learning_rate=5.0, momentum=0.0, weight_decay=1.0),
            "schedule": Schedule(name="constant", warmup=0.9),
        }
    )


def test_every_event_is_stored_before_it_is_told(store: RunStore, tiny_recipe: Recipe) -> None:
    run_id = store.create(tiny_recipe)
    statuses: list[Run] = []
    for event in execute(store, store.claim(run_id), Control(), CPU):
        run = store.get(run_id)
        statuses.append(run)
        match event:
            case events.Started():
                assert run.parameters == event.parameters
                assert run.total_steps == event.total_steps
            case events.Steps():
                assert run.done_steps == event.first + len(event.loss)
            case events.EpochEnded():
                assert store.metrics.epochs(run_id)["epoch"].tolist()[-1] == event.epoch
            case events.BestWeights():
                assert load_checkpoint(store.best_path(run_id)).card.epoch == event.epoch
            case events.Snapshot():
                assert store.state_path(run_id).exists()
    assert {run.status for run in statuses[:-1]} == {"running"}
    assert statuses[-1].status == "finished"
    assert store.get(run_id).machine["torch"] == torch.__version__


def test_a_diverged_run_says_why_and_keeps_its_good_weights(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    run_id = store.create(diverging(tiny_recipe))
    told = carry_out(store, run_id)
    diverged = told[-1]
    assert isinstance(diverged, events.Diverged)
    run = store.get(run_id)
    assert run.status == "failed"
    assert run.message.startswith(f"Training diverged: at step {diverged.step:,} loss")
    assert "learning rate" in run.message
    best = load_checkpoint(store.best_path(run_id))
    assert all(value.isfinite().all() for value in best.weights.values())
    accuracies = store.metrics.epochs(run_id)["validation_accuracy"]
    assert best.card.accuracies["validation"] == pytest.approx(accuracies.max())


def test_a_run_whose_checkpoint_folder_cannot_be_written_fails_in_a_sentence(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    run_id = store.create(tiny_recipe)
    store.files(run_id).parent.mkdir(parents=True)
    store.files(run_id).write_text("in the way")
    carry_out(store, run_id)
    run = store.get(run_id)
    assert run.status == "failed"
    assert "best.safetensors could not be saved" in run.message


def test_a_stop_while_the_data_is_loaded_ends_before_the_first_step(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    run_id = store.create(tiny_recipe)
    run = store.claim(run_id)
    store.request(run_id, "stop")
    told = list(execute(store, run, Control(), CPU))
    assert not [event for event in told if isinstance(event, events.Steps)]
    assert store.get(run_id).status == "stopped"
    assert store.get(run_id).resumable


def test_a_run_can_be_stopped_and_resumed_at_its_very_end(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    """As when the process dies after the last snapshot, before the run is called finished."""
    run_id = store.create(tiny_recipe)
    carry_out(store, run_id)
    first = store.get(run_id)
    before = load_checkpoint(store.best_path(run_id)).weights
    store.set_status(run_id, "interrupted")
    carry_out(store, run_id)
    again = store.get(run_id)
    assert (again.status, again.accuracies) == ("finished", first.accuracies)
    assert len(store.metrics.epochs(run_id)) == 3
    after = load_checkpoint(store.best_path(run_id)).weights
    assert all(torch.equal(before[name], after[name]) for name in before)


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


def test_a_run_that_another_thread_has_cannot_be_claimed(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    run_id = store.create(tiny_recipe)
    store.claim(run_id)
    with pytest.raises(ConvscopeError, match="is already running"):
        store.claim(run_id)
