"""Background training: the queue, steering through the store, failures told in a sentence."""

from collections.abc import Iterator

import pytest
import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook

from core.data import load_dataset
from core.evaluation.logits import stored_judged
from core.evaluation.metrics import top_k_accuracy
from core.jobs import JobQueue
from core.recipe import Recipe
from core.runs.checkpoint import load_checkpoint
from core.runs.store import RunStore
from tests.waiting import wait_until


@pytest.fixture
def queue(store: RunStore) -> Iterator[JobQueue]:
    queue = JobQueue(store)
    yield queue
    queue.close()


def longer(recipe: Recipe, epochs: int = 1000) -> Recipe:
    return recipe.model_copy(update={"epochs": epochs})


def ended(store: RunStore, run_id: str) -> bool:
    return not store.get(run_id).live


def test_a_finished_run_is_measured_calibrated_and_kept(
    queue: JobQueue, store: RunStore, tiny_recipe: Recipe
) -> None:
    run_id = queue.submit(tiny_recipe)
    wait_until(lambda: ended(store, run_id))
    run = store.get(run_id)
    assert (run.status, run.epochs_done, run.progress) == ("finished", 3, 1.0)
    path = store.best_path(run_id)
    card = load_checkpoint(path).card
    assert card.accuracies == run.accuracies
    assert set(run.accuracies) == {"train", "validation", "test"}
    judged = stored_judged(path, "test", lambda: pytest.fail("the logits were not stored"))
    assert top_k_accuracy(judged.logits, judged.labels, 1) == run.accuracies["test"]
    data = load_dataset(tiny_recipe.data)
    logits = load_checkpoint(path).network().logits(data.test.images)
    assert torch.allclose(logits, torch.from_numpy(judged.logits), atol=1e-4)


def test_two_submissions_at_once_are_both_trained(
    queue: JobQueue, store: RunStore, tiny_recipe: Recipe
) -> None:
    ids = [queue.submit(tiny_recipe), queue.submit(tiny_recipe)]
    wait_until(lambda: all(ended(store, run_id) for run_id in ids))
    assert [store.get(run_id).status for run_id in ids] == ["finished", "finished"]


def test_pause_resume_and_stop_go_through_the_store(
    queue: JobQueue, store: RunStore, tiny_recipe: Recipe
) -> None:
    run_id = queue.submit(longer(tiny_recipe))
    wait_until(lambda: store.get(run_id).done_steps > 0)
    store.request(run_id, "pause")
    wait_until(lambda: store.get(run_id).status == "paused")
    steps = store.get(run_id).done_steps
    queue.resume(run_id)
    wait_until(lambda: store.get(run_id).done_steps > steps)
    store.request(run_id, "stop")
    wait_until(lambda: ended(store, run_id))
    stopped = store.get(run_id)
    assert stopped.status == "stopped" and stopped.resumable
    queue.resume(run_id)
    wait_until(lambda: store.get(run_id).done_steps > stopped.done_steps)


def test_a_waiting_run_can_be_moved_up_and_taken_out(
    queue: JobQueue, store: RunStore, tiny_recipe: Recipe
) -> None:
    first = queue.submit(longer(tiny_recipe))
    wait_until(lambda: store.get(first).status == "running")
    second, third, fourth = (queue.submit(tiny_recipe) for _ in range(3))
    store.prioritise(third)
    store.request(fourth, "stop")
    assert store.get(fourth).status == "stopped"
    store.request(first, "stop")
    wait_until(lambda: ended(store, second))
    times = {run_id: store.history(run_id)[0][0] for run_id in (second, third)}
    assert times[third] < times[second]


def test_out_of_memory_fails_with_a_batch_size_that_fits_and_the_queue_goes_on(
    queue: JobQueue, store: RunStore, tiny_recipe: Recipe
) -> None:
    def too_big(_module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        if len(inputs[0]) > 40:
            raise torch.OutOfMemoryError("pretended")

    with register_module_forward_pre_hook(too_big):
        greedy = queue.submit(tiny_recipe.model_copy(update={"batch_size": 128}))
        wait_until(lambda: ended(store, greedy))
    modest = queue.submit(tiny_recipe)
    wait_until(lambda: ended(store, modest))
    assert store.get(greedy).status == "failed"
    assert "a batch size of 32 fits" in store.get(greedy).message
    assert store.get(modest).status == "finished"


def test_a_missing_folder_fails_the_run_in_a_sentence(
    queue: JobQueue, store: RunStore, tiny_recipe: Recipe
) -> None:
    fields = tiny_recipe.model_dump() | {"data": {"source": "folder", "path": "/no/such/place"}}
    run_id = queue.submit(Recipe.parse(fields))
    wait_until(lambda: ended(store, run_id))
    run = store.get(run_id)
    assert run.status == "failed" and "/no/such/place" in run.message


def test_closing_saves_the_run_under_way(store: RunStore, tiny_recipe: Recipe) -> None:
    queue = JobQueue(store)
    run_id = queue.submit(longer(tiny_recipe))
    wait_until(lambda: store.get(run_id).done_steps > 0)
    queue.close()
    assert store.get(run_id).status == "stopped"
    assert store.state_path(run_id).exists()
