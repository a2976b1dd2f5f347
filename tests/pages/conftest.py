"""A store of its own for every test of the pages, and a trained network in it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import services
from core.jobs import execute
from core.jobs.queue import job_queue
from core.machine import pick_device
from core.recipe import Recipe
from core.runs.store import RunStore
from core.training import Control


@pytest.fixture(autouse=True)
def fresh_services(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing cached from another test's store, no worker left behind, and no page taken for the
    program that runs: processes that are begun later would import it."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    services.store.clear()
    yield
    job_queue(RunStore(home)).close()


@pytest.fixture
def trained(store: RunStore, tiny_recipe: Recipe) -> str:
    run = store.get(store.create(tiny_recipe, claimed=True))
    for _ in execute(store, run, Control(), pick_device()):
        pass
    return run.id
