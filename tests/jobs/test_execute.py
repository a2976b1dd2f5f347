"""One run, step by step in this thread: what is told, what is stored, and how it ends."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook

from core.jobs import execute
from core.recipe import ConvNet, Data, Optimizer, Recipe, Schedule
from core.runs.checkpoint import load_checkpoint
from core.runs.run import Run
from core.runs.store import RunStore
from core.training import Control, events
from tests.executing import CPU, carry_out


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


def test_a_stop_while_pictures_are_drawn_does_not_wait_for_the_last_one(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    """A million of them would take minutes."""
    data = Data(source="shapes", images=1_000_000)
    run_id = store.create(tiny_recipe.model_copy(update={"data": data}))
    run = store.claim(run_id)
    store.request(run_id, "stop")
    told = list(execute(store, run, Control(), CPU))
    assert [type(event) for event in told] == [events.Stopped]
    stopped = store.get(run_id)
    assert (stopped.status, stopped.message) == ("stopped", "Stopped before its first step.")
    assert stopped.resumable


def test_loading_is_told_a_few_times_a_second_and_not_for_every_picture(
    store: RunStore, tiny_recipe: Recipe, tmp_path: Path
) -> None:
    for number in range(300):
        path = tmp_path / "mine" / ("dark" if number % 2 else "light") / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (32, 32), (number % 256, 0, 0)).save(path)
    fields = tiny_recipe.model_dump() | {"epochs": 1}
    fields["data"] = {"source": "folder", "path": str(tmp_path / "mine")}
    run_id = store.create(Recipe.parse(fields))
    with closing(sqlite3.connect(store.folder / "runs.sqlite")) as database:
        database.executescript(
            "CREATE TABLE told (n); CREATE TRIGGER telling AFTER UPDATE OF message ON runs"
            " WHEN new.message LIKE 'Reading%' BEGIN INSERT INTO told VALUES (1); END;"
        )
        carry_out(store, run_id)
        assert 1 <= database.execute("SELECT count(*) FROM told").fetchone()[0] < 100
    assert store.get(run_id).status == "finished"


def test_a_finished_run_keeps_no_training_state(store: RunStore, tiny_recipe: Recipe) -> None:
    run_id = store.create(tiny_recipe)
    left = store.state_path(run_id).with_name(".state.safetensors.killed")
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half a state")
    carry_out(store, run_id)
    names = {path.name for path in store.files(run_id).iterdir()}
    assert names == {
        "best.safetensors",
        "best.validation-logits.safetensors",
        "best.test-logits.safetensors",
        "best.familiarity.safetensors",
    }


def test_out_of_memory_fails_with_a_batch_size_that_fits_and_the_next_run_works(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    def too_big(_module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        if len(inputs[0]) > 40:
            raise torch.OutOfMemoryError("pretended")

    with register_module_forward_pre_hook(too_big):
        greedy = store.create(tiny_recipe.model_copy(update={"batch_size": 128}))
        carry_out(store, greedy)
    modest = store.create(tiny_recipe)
    carry_out(store, modest)
    assert store.get(greedy).status == "failed"
    assert "a batch size of 32 fits" in store.get(greedy).message
    assert store.get(modest).status == "finished"


def test_a_paused_run_is_saved_when_its_process_is_asked_to_end(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    run_id, control = store.create(tiny_recipe), Control()
    told: list[events.Event] = []
    for event in execute(store, store.claim(run_id), control, CPU):
        told.append(event)
        if isinstance(event, events.Started):
            store.request(run_id, "pause")
        if isinstance(event, events.Paused):
            control.stop()  # as a signal does, while the store still says that it should pause
    assert isinstance(told[-1], events.Stopped)
    assert store.get(run_id).status == "stopped" and store.state_path(run_id).exists()


def test_a_run_that_is_removed_as_it_ends_ends_all_the_same(
    store: RunStore, tiny_recipe: Recipe, caplog: pytest.LogCaptureFixture
) -> None:
    run_id = store.create(tiny_recipe)
    for event in execute(store, store.claim(run_id), Control(), CPU):
        if isinstance(event, events.Finished):
            store.delete(run_id)
            store.purge(run_id)
    assert caplog.records == []
    assert store.count() == 0 and not store.files(run_id).exists()


def test_what_a_killed_evaluation_left_half_written_goes(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    run_id = store.create(tiny_recipe)
    store.files(run_id).mkdir(parents=True)
    kept = ("validation-logits", "test-logits", "familiarity")
    names = ("state", "best", *(f"best.{name}" for name in kept))
    for name in names:
        (store.files(run_id) / f".{name}.safetensors.k1lled").write_bytes(b"half")
    carry_out(store, run_id)
    assert {path.name for path in store.files(run_id).iterdir()} == {
        f"{name}.safetensors" for name in names if name != "state"
    }
