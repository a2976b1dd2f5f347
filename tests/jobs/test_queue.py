"""Background training: the queue, steering through the store, failures told in a sentence."""

import re
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch

from core.data import load_dataset
from core.errors import ConvscopeError
from core.evaluation.logits import has_logits, stored_logits
from core.evaluation.metrics import top_k_accuracy
from core.jobs import JobQueue, LogitsWork
from core.jobs import queue as queue_module
from core.machine import pick_device
from core.recipe import Recipe
from core.runs.checkpoint import load_checkpoint
from core.runs.store import RunStore
from tests.processes import server
from tests.waiting import wait_until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> RunStore:
    """One for all of these tests, as starting a worker takes seconds."""
    return RunStore(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def queue(store: RunStore) -> Iterator[JobQueue]:
    queue = JobQueue(store)
    yield queue
    queue.close(PATIENCE)


@pytest.fixture
def own_store(home: Path) -> RunStore:
    """Of a test that ends a queue, or starts one in another process."""
    return RunStore(home)


PATIENCE = 60.0  # seconds for a worker to save and end


def longer(recipe: Recipe, epochs: int = 1000) -> Recipe:
    return recipe.model_copy(update={"epochs": epochs})


def ended(store: RunStore, run_id: str) -> bool:
    return not store.get(run_id).live


def stop(store: RunStore, run_id: str) -> None:
    store.request(run_id, "stop")
    wait_until(lambda: ended(store, run_id))


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
    evaluated = stored_logits(path, "test", lambda: pytest.fail("the logits were not stored"))
    assert top_k_accuracy(evaluated.logits, evaluated.labels, 1) == run.accuracies["test"]
    data = load_dataset(tiny_recipe.data)
    logits = load_checkpoint(path).network().logits(data.test.images)
    assert torch.allclose(logits, torch.from_numpy(evaluated.logits), atol=1e-4)


def test_what_pages_wait_for_has_a_worker_of_its_own_while_a_run_trains(
    queue: JobQueue, store: RunStore, tiny_recipe: Recipe
) -> None:
    trained = queue.submit(tiny_recipe)
    wait_until(lambda: ended(store, trained))
    run_id = queue.submit(longer(tiny_recipe))
    wait_until(lambda: store.get(run_id).done_steps > 0)
    checkpoint = store.best_path(trained)
    queue.ask(LogitsWork(checkpoint=checkpoint, split="train", tta=True))
    wait_until(lambda: has_logits(checkpoint, "train", tta=True))
    assert store.get(run_id).status == "running"
    stop(store, run_id)


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
    stop(store, run_id)
    stopped = store.get(run_id)
    assert stopped.status == "stopped" and stopped.resumable
    queue.resume(run_id)
    wait_until(lambda: store.get(run_id).done_steps > stopped.done_steps)
    stop(store, run_id)


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
    wait_until(lambda: ended(store, second) and ended(store, third))
    times = {run_id: store.history(run_id)[0][0] for run_id in (second, third)}
    assert times[third] < times[second]


def test_a_missing_folder_fails_the_run_in_a_sentence(
    queue: JobQueue, store: RunStore, tiny_recipe: Recipe
) -> None:
    fields = tiny_recipe.model_dump() | {"data": {"source": "folder", "path": "/no/such/place"}}
    run_id = queue.submit(Recipe.parse(fields))
    wait_until(lambda: ended(store, run_id))
    run = store.get(run_id)
    assert run.status == "failed" and "/no/such/place" in run.message


def test_closing_saves_the_run_under_way(own_store: RunStore, tiny_recipe: Recipe) -> None:
    queue = JobQueue(own_store)
    run_id = queue.submit(longer(tiny_recipe))
    wait_until(lambda: own_store.get(run_id).done_steps > 0)
    queue.close(PATIENCE)
    assert own_store.get(run_id).status == "stopped"
    assert own_store.state_path(run_id).exists()


def test_closing_ends_a_worker_that_is_just_begun(
    own_store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[subprocess.Popen[bytes]] = []
    closed = threading.Event()

    class Begun(subprocess.Popen[bytes]):
        """A process, and whoever starts it hears of it only after the queue was closed."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            begun.append(self)
            closed.wait()

    monkeypatch.setattr(subprocess, "Popen", Begun)
    queue = JobQueue(own_store)
    queue.prepare()
    wait_until(lambda: begun)
    queue.close(0.0)
    assert begun[0].poll() is None
    closed.set()
    assert begun[0].wait(PATIENCE) is not None


# On Linux one that Python has no name for, as it has for most.
DEADLY = signal.SIGRTMIN + 1 if sys.platform == "linux" else signal.SIGSEGV


def owner(store: RunStore, run_id: str) -> psutil.Process:
    """The worker that has the run."""
    number = re.fullmatch(r"process (\d+) on .+", store.get(run_id).owner)
    assert number is not None
    return psutil.Process(int(number[1]))


def test_a_worker_that_dies_costs_its_run_no_more_than_a_resume(
    queue: JobQueue, store: RunStore, tiny_recipe: Recipe
) -> None:
    run_id = queue.submit(longer(tiny_recipe))
    wait_until(lambda: store.get(run_id).done_steps > 0)
    victim = owner(store, run_id)
    victim.send_signal(DEADLY)
    wait_until(lambda: "The worker process crashed (" in store.get(run_id).message)
    assert store.get(run_id).status == "interrupted"
    queue.resume(run_id)
    wait_until(lambda: store.get(run_id).status == "running" and store.get(run_id).done_steps)
    assert owner(store, run_id).pid != victim.pid
    stop(store, run_id)


def test_one_worker_trains_run_after_run(
    queue: JobQueue, store: RunStore, tiny_recipe: Recipe
) -> None:
    ids = [queue.submit(tiny_recipe) for _ in range(3)]
    wait_until(lambda: all(ended(store, run_id) for run_id in ids))
    assert len({store.get(run_id).owner for run_id in ids}) == 1


def test_a_killed_servers_worker_finishes_its_run_and_a_new_server_leaves_it_alone(
    own_store: RunStore, tiny_recipe: Recipe, tmp_path: Path
) -> None:
    store, said = own_store, tmp_path / "said"
    for _ in range(2):
        store.create(longer(tiny_recipe, 60))
    first = server(store.folder, said)
    wait_until(lambda: any(run.done_steps for run in store.runs()))
    first.kill()
    waiting, training = store.runs()
    worker = owner(store, training.id)
    second = server(store.folder, said)
    wait_until(lambda: ended(store, training.id))
    assert store.get(training.id).status == "finished"
    assert store.get(training.id).owner == training.owner
    # The orphan leaves the next run to the new server's own worker.
    wait_until(lambda: ended(store, waiting.id))
    assert store.get(waiting.id).status == "finished"
    assert store.get(waiting.id).owner != training.owner
    assert not worker.is_running()
    second.input.close()
    assert second.wait(PATIENCE)


def test_a_run_that_began_on_another_kind_of_device_is_not_resumed_here(
    queue: JobQueue, store: RunStore, tiny_recipe: Recipe
) -> None:
    run_id = store.create(tiny_recipe)
    store.request(run_id, "stop")
    store.update(run_id, device="cuda" if pick_device().type != "cuda" else "mps")
    with pytest.raises(ConvscopeError, match="which this machine has not"):
        queue.resume(run_id)
    assert store.get(run_id).status == "stopped"


def test_whoever_waits_for_a_worker_that_cannot_begin_is_told(
    own_store: RunStore, tiny_recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "core.py").write_text("raise RuntimeError('broken on purpose')")
    monkeypatch.setattr(queue_module, "LONGEST_PAUSE", 0.1)
    monkeypatch.setattr(queue_module, "PROJECT", broken)  # where a worker looks for the library
    queue = JobQueue(own_store)
    run_id = queue.submit(tiny_recipe)
    own_store.tasks.ask("key", {})
    wait_until(lambda: "in a row have ended too soon" in own_store.get(run_id).message)
    assert own_store.get(run_id).status == "queued"

    def message() -> str:
        task = own_store.tasks.get("key")
        return task.message if task else ""

    wait_until(lambda: "ended with error 1" in message())
    queue.close()


def test_a_server_ends_though_another_program_has_the_store(own_store: RunStore) -> None:
    queue = JobQueue(own_store)
    with closing(sqlite3.connect(own_store.folder / "runs.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        queue.close()
        other.execute("ROLLBACK")
