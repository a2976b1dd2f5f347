"""A robustness report from a worker: kept by identity, stopped and gone on with."""

from pathlib import Path

import pytest

from core.jobs import RobustnessWork
from core.jobs.compute import compute
from core.jobs.works import WORK
from core.recipe import Recipe
from core.robustness.report import report_path, stored_report
from core.runs.store import RunStore
from core.training import Control
from tests.executing import CPU, carry_out


@pytest.fixture
def checkpoint(store: RunStore, tiny_recipe: Recipe) -> Path:
    run_id = store.create(tiny_recipe.model_copy(update={"epochs": 1}))
    carry_out(store, run_id)
    return store.best_path(run_id)


def ask(store: RunStore, work: RobustnessWork) -> None:
    store.tasks.ask(work.key, work.model_dump(mode="json"))


def do_next(store: RunStore, control: Control | None = None) -> None:
    task = store.tasks.claim_next()
    assert task is not None
    compute(store.tasks, task, CPU, control or Control())


def test_leaves_the_report_where_the_page_looks(store: RunStore, checkpoint: Path) -> None:
    work = RobustnessWork(checkpoint=checkpoint, images=20)
    assert WORK.validate_python(work.model_dump(mode="json")) == work
    ask(store, work)
    do_next(store)
    report = stored_report(checkpoint)
    assert report is not None and report.images == 20
    assert store.tasks.get(work.key) is None


def test_goes_on_after_its_process_had_to_leave(store: RunStore, checkpoint: Path) -> None:
    work = RobustnessWork(checkpoint=checkpoint, images=20)
    ask(store, work)
    control = Control()
    control.stop()
    do_next(store, control)
    left = store.tasks.get(work.key)
    assert left is not None and left.status == "queued"
    do_next(store)
    assert stored_report(checkpoint) is not None
    assert not report_path(checkpoint, part=True).exists()


def test_names_weights_and_images(checkpoint: Path) -> None:
    keys = {RobustnessWork(checkpoint=checkpoint, images=n).key for n in (1000, 10_000)}
    assert len(keys) == 2


def test_more_images_and_larger_networks_take_longer(checkpoint: Path) -> None:
    few, many = (RobustnessWork(checkpoint=checkpoint, images=n) for n in (1000, 10_000))
    assert many.expected_seconds == pytest.approx(10 * few.expected_seconds)


def test_pictures_that_were_changed_are_said(
    store: RunStore, own_recipe: Recipe, change_pictures: object
) -> None:
    run_id = store.create(own_recipe)
    carry_out(store, run_id)
    assert callable(change_pictures)
    change_pictures()
    work = RobustnessWork(checkpoint=store.best_path(run_id), images=20)
    ask(store, work)
    do_next(store)
    failed = store.tasks.get(work.key)
    assert failed is not None and failed.status == "failed"
    assert "does not hold the pictures" in failed.message
