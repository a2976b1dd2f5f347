"""Several drivers on one study, by a real PostgreSQL."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest

from core.errors import ConvscopeError, StorageError
from core.recipe import Recipe
from core.runs.store import RunStore
from core.runs.trials import Trial
from core.studies import driver
from core.studies.begin import create_study, driver_of, search_of
from core.studies.definition import Study
from core.studies.search import Asked
from core.training import Control
from tests.ports import free_port
from tests.processes import Forked
from tests.studies.inline import Inline, drive
from tests.waiting import wait_until

RATE = "optimizer.learning_rate"
TRIALS = 5


class Postgres:
    """A server of our own, in a folder of its own, that forgets all at the end."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder, self._port = programs, folder, free_port()
        self._user = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
        if self._user:
            shutil.chown(folder, self._user)
        made = ("initdb", "-D", "data", "-U", "us", "-A", "trust", "-E", "UTF8", "--no-sync")
        self._begin(*made).communicate()
        self.start()

    def _begin(self, program: str, *options: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [self._programs / program, *options],
            cwd=self._folder,
            user=self._user,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def start(self) -> None:
        here = f"listen_addresses=127.0.0.1 unix_socket_directories= port={self._port} fsync=off"
        options = (part for each in here.split() for part in ("-c", each))
        self._server = self._begin("postgres", "-D", "data", *options)
        wait_until(self._answers)

    def stop(self) -> None:
        """At once, whoever is connected."""
        self._server.send_signal(3)
        self._server.wait()

    def _answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            self.execute("SELECT 1")
            return True
        return False

    def execute(self, statement: str) -> None:
        address = f"postgresql://us@127.0.0.1:{self._port}/postgres"
        with closing(psycopg.connect(address, autocommit=True)) as connection:
            connection.execute(statement.encode())

    def database(self, name: str) -> str:
        """The address of a new one, as a study names it."""
        self.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://us@127.0.0.1:{self._port}/{name}"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found and (anywhere := shutil.which("initdb")):
        found = [Path(anywhere).parent]
    if not found:
        report = pytest.fail if os.environ.get("CI") else pytest.skip
        report("There is no PostgreSQL here; Debian's package is called postgresql.")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = Postgres(found[-1], Path(folder))
        yield server
        server.stop()


def question(base: Recipe, storage: str) -> Study:
    return Study.parse(
        {
            "name": "rates",
            "kind": "search",
            "base": base.model_copy(update={"epochs": 1}),
            "space": {RATE: {"kind": "uniform", "low": 0.001, "high": 0.1, "log": True}},
            "trials": TRIALS,
            "pruner": "none",
            "storage": storage,
        }
    )


def tried(*stores: RunStore) -> list[Trial]:
    return [trial for s in stores for study in s.studies.all() for trial in s.trials.of(study.id)]


def in_mid_trial(store: RunStore) -> bool:
    """Whether one is through and another one's run waits to be trained."""
    trials = tried(store)
    runs = [run for trial in trials if trial.status == "running" for run in trial.runs.values()]
    known = [store.get(run).status for run in runs if store.has(run)]
    return len(trials) > 1 and known == ["queued"]


@pytest.mark.slow
def test_two_drivers_share_a_search_and_one_is_killed(
    postgres: Postgres, tiny_recipe: Recipe, tmp_path: Path
) -> None:
    study = question(tiny_recipe, postgres.database("shared"))
    stores = [RunStore(tmp_path / name) for name in ("first", "second")]
    ids = [create_study(store, study) for store in stores]

    def begun(number: int, said: str) -> Forked:
        return Forked(stores[number].folder, tmp_path / said, drive, ids[number])

    victim = begun(0, "killed.log")
    wait_until(lambda: in_mid_trial(stores[0]))
    victim.kill()
    drivers = [begun(1, "second.log"), begun(0, "again.log")]
    for each in drivers:
        assert each.wait(60) and each.code == 0, each.said

    trials = tried(*stores)
    assert sorted(trial.number for trial in trials) == [*range(TRIALS)]
    assert all(trial.status == "finished" for trial in trials)
    assert all(tried(store) for store in stores)
    assert len({trial.setting[RATE] for trial in trials}) == TRIALS


@pytest.mark.slow
def test_two_that_begin_together_draw_other_settings_and_keep_their_own(
    postgres: Postgres, tiny_recipe: Recipe, tmp_path: Path
) -> None:
    study = question(tiny_recipe, postgres.database("together"))
    stores = [RunStore(tmp_path / name) for name in ("first", "second")]
    ids = [create_study(store, study) for store in stores]

    def asked() -> list[Asked]:
        """By both, each before it can note it, as after a start."""
        both = [search_of(*each, study) for each in zip(stores, ids, strict=True)]
        return [asked for search in both if (asked := search.ask())]

    first = asked()
    assert first[0].setting[RATE] != first[1].setting[RATE]
    assert asked() == first


@pytest.mark.slow
def test_a_study_waits_for_its_database_and_goes_on(
    postgres: Postgres, tiny_recipe: Recipe, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "TROUBLE_SECONDS", 0.2)
    monkeypatch.setattr(driver, "LOOK_SECONDS", 0.05)
    study_id = create_study(store, question(tiny_recipe, postgres.database("away")))
    claimed = store.studies.claim(study_id)
    found = driver_of(store, claimed, Inline(store))
    driving = threading.Thread(target=found.drive, args=(Control(),))
    driving.start()
    wait_until(lambda: store.trials.counts(study_id).get("finished"))
    postgres.stop()
    try:
        wait_until(lambda: "does not answer" in store.studies.get(study_id).message)
    finally:
        postgres.start()
    driving.join(60)
    ended = store.studies.get(study_id)
    assert (ended.status, ended.message) == ("finished", "")
    assert store.trials.counts(study_id) == {"finished": TRIALS}


@pytest.mark.slow
def test_a_database_that_may_only_be_read_is_told(
    postgres: Postgres, tiny_recipe: Recipe, store: RunStore
) -> None:
    address = postgres.database("fixed")
    postgres.execute("ALTER DATABASE fixed SET default_transaction_read_only = on")
    study = question(tiny_recipe, address)
    with pytest.raises(StorageError, match=r"fixed\) does not answer, or may only be read"):
        search_of(store, create_study(store, study), study)


def test_where_psycopg_is_not_installed_it_says_what_is(
    tiny_recipe: Recipe, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    study = question(tiny_recipe, "postgresql+psycopg://nowhere/studies")
    with pytest.raises(ConvscopeError, match=r"pip install -r requirements-postgres\.txt"):
        search_of(store, create_study(store, study), study)


def test_an_address_that_is_none_is_told_without_its_password(
    tiny_recipe: Recipe, store: RunStore
) -> None:
    study = question(tiny_recipe, "nosuch://me:secret@host/studies")
    with pytest.raises(ConvscopeError, match="'host/studies' is no database") as told:
        search_of(store, create_study(store, study), study)
    assert "secret" not in str(told.value)
