"""What pages have computed by a worker: asked for once, stopped, failed, and found again."""

import shutil
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from core.data import load_dataset
from core.errors import StorageError
from core.evaluation.logits import has_logits, logits_of, stored_logits
from core.jobs import (
    FamiliarityWork,
    LogitsWork,
    MapWork,
    RobustnessWork,
    SimilarityWork,
    SurveyWork,
    VisualisationWork,
    Work,
)
from core.jobs.compute import compute
from core.recipe import Data, Recipe
from core.runs import database
from core.runs.checkpoint import load_checkpoint
from core.runs.networks import SHIPPED
from core.runs.store import RunStore
from core.training import Control
from tests.executing import CPU, carry_out
from tests.locked import locked
from tests.waiting import wait_until


@pytest.fixture
def checkpoint(store: RunStore, tiny_recipe: Recipe) -> Path:
    run_id = store.create(tiny_recipe.model_copy(update={"epochs": 1}))
    carry_out(store, run_id)
    return store.best_path(run_id)


def views(checkpoint: Path) -> LogitsWork:
    return LogitsWork(checkpoint=checkpoint, split="train", tta=True)


def ask(store: RunStore, work: LogitsWork) -> None:
    store.tasks.ask(work.key, work.model_dump(mode="json"))


def do_next(store: RunStore, control: Control | None = None) -> None:
    task = store.tasks.claim_next()
    assert task is not None
    compute(store.tasks, task, CPU, control or Control())


def test_a_task_leaves_its_result_where_the_page_looks(store: RunStore, checkpoint: Path) -> None:
    work = views(checkpoint)
    ask(store, work)
    ask(store, work)  # from a second tab
    assert store.tasks.waiting()
    do_next(store)
    assert store.tasks.claim_next() is None and store.tasks.get(work.key) is None
    assert has_logits(checkpoint, "train", tta=True)
    data = load_dataset(Data(source="shapes", images=200, validation=0.2))
    kept = stored_logits(checkpoint, "train", lambda: pytest.fail("not kept"), None, True)
    expected = logits_of(load_checkpoint(checkpoint).network(), data, "train", tta=True)
    assert np.allclose(kept.logits, expected.logits, atol=1e-5)


def test_one_that_is_asked_to_stop_says_so_and_can_be_asked_for_again(
    store: RunStore, checkpoint: Path
) -> None:
    work = views(checkpoint)
    ask(store, work)
    store.tasks.stop(work.key)
    stopped = store.tasks.get(work.key)
    assert stopped is not None and stopped.status == "stopped"
    ask(store, work)
    do_next(store)
    assert has_logits(checkpoint, "train", tta=True)


def test_one_that_is_stopped_and_asked_for_again_at_once_is_done(
    store: RunStore, checkpoint: Path
) -> None:
    work = views(checkpoint)
    ask(store, work)
    task = store.tasks.claim_next()
    assert task is not None
    store.tasks.stop(work.key)
    stopping = store.tasks.get(work.key)
    assert stopping is not None and stopping.stopping
    ask(store, work)
    compute(store.tasks, task, CPU, Control())
    assert store.tasks.get(work.key) is None
    assert has_logits(checkpoint, "train", tta=True)


def test_one_whose_stop_was_heard_before_it_was_asked_for_again_waits_once_more(
    store: RunStore, checkpoint: Path
) -> None:
    work = views(checkpoint)
    ask(store, work)
    store.tasks.claim_next()
    store.tasks.stop(work.key)
    ask(store, work)
    store.tasks.break_off(work.key)
    again = store.tasks.get(work.key)
    assert again is not None and again.status == "queued"


def test_a_task_that_an_earlier_version_stored_is_done(store: RunStore, checkpoint: Path) -> None:
    work = views(checkpoint)
    earlier = {"checkpoint": str(checkpoint), "split": "train", "several_views": True}
    store.tasks.ask(work.key, earlier)
    do_next(store)
    assert store.tasks.get(work.key) is None
    assert has_logits(checkpoint, "train", tta=True)


def test_what_its_process_must_leave_goes_on_with_the_next(
    store: RunStore, checkpoint: Path
) -> None:
    work, control = views(checkpoint), Control()
    ask(store, work)
    control.stop()
    do_next(store, control)
    left = store.tasks.get(work.key)
    assert left is not None and left.status == "queued"
    do_next(store)
    assert has_logits(checkpoint, "train", tta=True)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries again more often than every five seconds, and waits for nobody's transaction."""
    monkeypatch.setattr(sys.modules[compute.__module__], "AGAIN_SECONDS", 0.05)
    monkeypatch.setattr(sys.modules[compute.__module__], "PATIENCE", 0.05)
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)


@pytest.mark.usefixtures("impatient")
def test_a_claim_that_meets_a_locked_store_can_be_made_later(home: Path) -> None:
    store = RunStore(home)
    store.tasks.ask("key", {})
    with locked(store), pytest.raises(StorageError):
        store.tasks.claim_next()
    claimed = RunStore(home).tasks.claim_next()
    assert claimed is not None and claimed.key == "key"


@pytest.mark.usefixtures("impatient")
def test_a_store_that_is_locked_meanwhile_costs_a_task_nothing(
    home: Path, checkpoint: Path
) -> None:
    store, work = RunStore(home), views(checkpoint)
    ask(store, work)
    task = store.tasks.claim_next()
    assert task is not None
    doing = threading.Thread(target=compute, args=(store.tasks, task, CPU, Control()))
    with locked(store):
        doing.start()
        wait_until(lambda: has_logits(checkpoint, "train", tta=True))
    doing.join()
    assert store.tasks.get(work.key) is None


def test_what_failed_for_one_copy_of_the_weights_is_made_for_another(
    store: RunStore, checkpoint: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copy(checkpoint, tmp_path / "copy.safetensors"))
    gone = views(checkpoint)
    ask(store, gone)
    checkpoint.unlink()
    do_next(store)
    ask(store, views(copy))
    do_next(store)
    assert store.tasks.get(views(copy).key) is None and has_logits(copy, "train", tta=True)


def test_what_another_version_asked_for_is_told_in_a_sentence(store: RunStore) -> None:
    store.tasks.ask("key", {"kind": "of tomorrow"})
    do_next(store)
    task = store.tasks.get("key")
    assert task is not None and task.status == "failed"
    assert task.message.startswith("Another version of Convscope") and "\n" not in task.message


def test_a_failure_is_told_in_a_sentence(store: RunStore, checkpoint: Path) -> None:
    work = views(checkpoint)
    ask(store, work)
    key = work.key
    checkpoint.unlink()
    do_next(store)
    failed = store.tasks.get(key)
    assert failed is not None and failed.status == "failed"
    assert "There is no checkpoint" in failed.message


def test_a_task_whose_process_was_killed_failed(store: RunStore, checkpoint: Path) -> None:
    work = views(checkpoint)
    ask(store, work)
    task = store.tasks.claim_next()
    assert task is not None and task.status == "running"
    other = RunStore(store.folder)
    seen = other.tasks.get(work.key)
    assert seen is not None and seen.status == "running"
    store.tasks.release(work.key)  # as the system does for a process that is gone
    seen = other.tasks.get(work.key)
    assert seen is not None and seen.status == "failed" and "try again" in seen.message


def test_a_task_whose_process_was_killed_can_be_asked_for_unseen(
    store: RunStore, checkpoint: Path
) -> None:
    work = views(checkpoint)
    ask(store, work)
    store.tasks.claim_next()
    store.tasks.release(work.key)
    ask(store, work)
    assert store.tasks.waiting()


def test_a_run_that_goes_on_leaves_alone_what_a_task_is_writing(
    store: RunStore, checkpoint: Path
) -> None:
    (run,) = store.runs()
    writing = checkpoint.with_name(".best.test-logits.safetensors.half")
    writing.touch()
    ask(store, views(checkpoint))
    assert store.tasks.claim_next() is not None
    store.update(run.id, status="stopped")
    carry_out(store, run.id)
    assert writing.exists()
    store.tasks.release(views(checkpoint).key)
    store.update(run.id, status="stopped")
    carry_out(store, run.id)
    assert not writing.exists()


def test_logits_of_another_split_or_of_other_weights_are_another_task(
    store: RunStore, checkpoint: Path
) -> None:
    works = [views(checkpoint), views(SHIPPED / "best.safetensors")]
    works.append(LogitsWork(checkpoint=checkpoint, split="test", tta=True))
    assert len({work.key for work in works}) == 3
    copy = store.folder / "copy.safetensors"
    shutil.copy(checkpoint, copy)
    assert views(copy).key == works[0].key


@pytest.mark.parametrize("work", [
    partial(FamiliarityWork), partial(LogitsWork, split="test", tta=False),
    partial(MapWork, split="test"), partial(RobustnessWork),
    partial(SurveyWork, split="test", layer="conv2"),
    partial(VisualisationWork, layer="conv2", channel=0),
    partial(SimilarityWork, other=SHIPPED / "shapes-quick.safetensors"),
])  # fmt: skip
def test_each_kind_says_how_long_it_may_take(work: Callable[..., Work]) -> None:
    small, large = (
        work(checkpoint=SHIPPED / f"{name}.safetensors") for name in ("three-block", "best")
    )
    seconds = small.expected_seconds, large.expected_seconds
    assert seconds[0] is not None and seconds[1] is not None and 0 < seconds[0] < seconds[1]
    assert small.asking and small.asking[0].isupper()


def test_small_work_stays_in_the_page(checkpoint: Path) -> None:
    assert views(checkpoint).is_quick
    assert not views(SHIPPED / "best.safetensors").is_quick
