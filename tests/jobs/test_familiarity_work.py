"""What is familiar to a network: kept as its run ends, and made by a worker where it is missing."""

from pathlib import Path

import pytest

from core.jobs import FamiliarityWork
from core.jobs.compute import compute
from core.jobs.works import WORK
from core.prediction.reference import NoReferenceError, load_reference, reference_path
from core.recipe import Recipe
from core.runs.store import RunStore
from core.training import Control
from tests.executing import CPU, carry_out


@pytest.fixture
def checkpoint(store: RunStore, tiny_recipe: Recipe) -> Path:
    run_id = store.create(tiny_recipe.model_copy(update={"epochs": 1}))
    carry_out(store, run_id)
    return store.best_path(run_id)


def test_a_run_ends_with_it_and_a_worker_makes_it_again(store: RunStore, checkpoint: Path) -> None:
    at_the_end = load_reference(checkpoint)
    reference_path(checkpoint).unlink()
    work = FamiliarityWork(checkpoint=checkpoint)
    assert WORK.validate_python(work.model_dump(mode="json")) == work
    store.tasks.ask(work.key, work.model_dump(mode="json"))
    task = store.tasks.claim_next()
    assert task is not None
    compute(store.tasks, task, CPU, Control())
    assert store.tasks.get(work.key) is None
    assert load_reference(checkpoint).threshold == pytest.approx(at_the_end.threshold, abs=0.01)


def test_a_run_with_too_few_validation_images_ends_all_the_same(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    data = {"source": "shapes", "images": 200, "validation": 0.05}
    run_id = store.create(Recipe.parse(tiny_recipe.model_dump() | {"epochs": 1, "data": data}))
    carry_out(store, run_id)
    assert store.get(run_id).status == "finished"
    with pytest.raises(NoReferenceError, match="not known yet"):
        load_reference(store.best_path(run_id))
