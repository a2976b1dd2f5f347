"""A study that a server's worker drives."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.recipe import Recipe
from core.runs.store import RunStore
from core.studies.begin import create_study
from core.studies.definition import Study
from tests.processes import server

pytestmark = pytest.mark.slow

RATES = {"kind": "uniform", "low": 0.001, "high": 0.1, "log": True}


def wait_until(is_so: Callable[[], bool]) -> None:
    limit = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < limit
        time.sleep(0.1)


def test_a_study_outlives_the_server_that_drove_it(
    store: RunStore, tiny_recipe: Recipe, tmp_path: Path
) -> None:
    base = tiny_recipe.model_copy(update={"epochs": 1})
    space = {"optimizer.learning_rate": RATES}
    asked = {"name": "rates", "kind": "search", "base": base, "space": space, "trials": 2}
    study_id = create_study(store, Study.parse(asked))
    first = server(store.folder, tmp_path / "first")
    wait_until(lambda: store.trials.counts(study_id).get("finished", 0) >= 1)
    first.kill()
    second = server(store.folder, tmp_path / "second")
    wait_until(lambda: store.studies.get(study_id).status == "finished")
    second.input.close()
    assert second.wait(60), second.said
    trials = store.trials.of(study_id)
    assert [trial.status for trial in trials] == ["finished"] * 2
    assert len(store.runs()) == 2
