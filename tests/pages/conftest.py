"""A store of its own for every test of the pages, and a trained network in it."""

import shutil
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import torch
from streamlit.components.v2 import manifest_scanner

from app import services
from core.jobs import execute
from core.jobs.queue import job_queue
from core.jobs.worker import worker_name
from core.machine import pick_device
from core.runs.locks import Locks
from core.runs.store import RunStore
from core.training import Control
from tests.tiny import TINY


@pytest.fixture(autouse=True)
def fresh_services(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing cached from another test's store, no worker left behind, and no page taken for the
    program that runs: processes that are begun later would import it."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    services.store.clear()
    yield
    job_queue(RunStore(home)).close()


@pytest.fixture(scope="session")
def home_of_trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a finished run, of which each test that needs one has a copy."""
    folder = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONVSCOPE_HOME", str(folder))
        store = RunStore(folder)
        run = store.get(store.create(TINY, claimed=True))
        for _ in execute(store, run, Control(), pick_device()):
            pass
    return folder


@pytest.fixture
def home(home: Path, request: pytest.FixtureRequest) -> Path:
    if "trained" in request.fixturenames:
        shutil.copytree(request.getfixturevalue("home_of_trained"), home)
    return home


@pytest.fixture
def trained(store: RunStore) -> str:
    """The id of the finished run in this test's store."""
    run_id = store.newest()
    assert run_id
    return run_id


@pytest.fixture(scope="session", autouse=True)
def packages_are_read_once() -> Iterator[None]:
    """Streamlit asks every installed package for components when a page is opened by a test, which
    takes longer than the page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifest_scanner,
            "scan_component_manifests",
            cache(manifest_scanner.scan_component_manifests),
        )
        yield


@pytest.fixture
def others_at_work(store: RunStore) -> Locks:
    """The workers' places are taken, so that what is queued stays so."""
    locks = Locks(store.folder / "workers")
    assert locks.take(worker_name("train", pick_device()))
    assert locks.take(worker_name("study", torch.device("cpu")))
    return locks
