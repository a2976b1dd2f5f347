"""Studies driven step by step, in the process of the test."""

from typing import Any

from core.recipe import Recipe
from core.runs.store import RunStore
from core.runs.trials import Trial
from core.studies.begin import create_study, search_of
from core.studies.definition import Study
from core.studies.driver import Driver
from tests.studies.inline import Inline

RATES = {"kind": "uniform", "low": 0.001, "high": 0.1, "log": True}


def search(base: Recipe, **fields: Any) -> Study:
    space = {"optimizer.learning_rate": RATES}
    asked = {"name": "rates", "kind": "search", "base": base, "space": space, "trials": 3}
    return Study.parse(asked | {"pruner": "none"} | fields)


def begun(store: RunStore, study: Study, place: Inline | None = None) -> tuple[str, Driver]:
    """A driver as after a start, whatever was driven before."""
    known = [one.id for one in store.studies.all() if one.name == study.name]
    study_id = known[0] if known else create_study(store, study)
    found = search_of(store, study_id, study)
    driver = Driver(store, store.studies.get(study_id), study, found, place or Inline(store))
    driver.take_up()
    return study_id, driver


def driven(store: RunStore, study: Study, place: Inline | None = None) -> list[Trial]:
    study_id, driver = begun(store, study, place)
    for _ in range(100):
        if driver.step():
            return store.trials.of(study_id)
    raise AssertionError("it never ends")
