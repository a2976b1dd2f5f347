"""A store that grows: those of before open, those of later are refused, none is lost."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import ConvscopeError
from core.recipe import Recipe
from core.runs.database import MIGRATIONS
from core.runs.store import RunStore
from tests.processes import FORKS

BEFORE_VERSIONS = Path(__file__).with_name("before_versions.sql")
"""Five runs of a home from the time when stores had no version: finished, stopped, killed while
training, waiting, deleted."""


@pytest.fixture
def old_home(home: Path) -> Path:
    home.mkdir()
    with closing(sqlite3.connect(home / "runs.sqlite")) as database:
        database.executescript(BEFORE_VERSIONS.read_text())
    return home


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database:
        return database.execute("PRAGMA user_version").fetchone()[0]


def test_a_store_from_before_versions_shows_its_runs(old_home: Path) -> None:
    store = RunStore(old_home)
    found = {run.name: run for run in store.runs()}
    assert {name: run.status for name, run in found.items()} == {
        "tiny": "finished",
        "broken off": "stopped",
        "killed": "interrupted",
        "waiting": "queued",
    }
    tiny = found["tiny"]
    assert (tiny.epochs_done, tiny.notes, tiny.tags) == (2, "the first one", ("kept",))
    assert set(tiny.accuracies) == {"train", "validation", "test"}
    assert len(store.metrics.epochs(tiny.id)) == 2
    assert [run.name for run in store.runs(deleted=True)] == ["thrown away"]
    assert version(old_home / "runs.sqlite") == len(MIGRATIONS)


def test_the_runs_of_an_old_store_go_on(old_home: Path) -> None:
    store = RunStore(old_home)
    killed = store.find("killed")
    store.requeue(killed.id)
    assert store.claim(killed.id).status == "running"
    claimed = store.claim_next("cpu")
    assert claimed is not None and claimed.name == "waiting"


def test_an_old_store_is_copied_before_it_is_changed(old_home: Path) -> None:
    RunStore(old_home)
    copy = old_home / "runs-version-0.sqlite"
    assert version(copy) == 0
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT count(*) FROM runs").fetchone()[0] == 5
    RunStore(old_home)
    assert version(copy) == 0  # not overwritten by the new one


def test_an_alternating_flip_that_did_nothing_is_off_now(old_home: Path) -> None:
    """Recipes with one but without a flip are refused, and so would their runs be."""
    with closing(sqlite3.connect(old_home / "runs.sqlite")) as database, database:
        database.execute(
            "UPDATE runs SET recipe = json_set(recipe, '$.augmentation.flip', json('false'),"
            " '$.augmentation.alternating_flip', json('true')) WHERE name = 'tiny'"
        )
        database.execute("UPDATE runs SET recipe = 'no JSON' WHERE name = 'waiting'")
    tiny = RunStore(old_home).find("tiny")
    assert not tiny.recipe.augmentation.flip and not tiny.recipe.augmentation.alternating_flip


def opened(folder: Path) -> int:
    return len(RunStore(folder).runs())


def test_processes_that_open_an_old_store_together_change_it_once(old_home: Path) -> None:
    with FORKS.Pool(4) as pool:
        assert pool.map(opened, [old_home] * 8) == [4] * 8
    assert version(old_home / "runs-version-0.sqlite") == 0


def test_a_new_store_leaves_no_copy(home: Path) -> None:
    RunStore(home)
    assert [path.name for path in home.glob("*version*")] == []


def test_a_store_of_a_later_version_is_refused_in_a_sentence(home: Path) -> None:
    RunStore(home)
    with closing(sqlite3.connect(home / "runs.sqlite")) as database:
        database.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(ConvscopeError, match="made by a later version of Convscope"):
        RunStore(home)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("tags", "no JSON"),
        ("tags", "7"),
        ("tags", "[" * 200_000),
        ("accuracies", "[]"),
        ("machine", "{"),
        ("seconds", "long"),
        ("done_steps", "many"),
        ("status", "dancing"),
        ("recipe", "{}}"),
    ],
)
def test_a_damaged_row_hides_no_other(
    store: RunStore, tiny_recipe: Recipe, column: str, value: str
) -> None:
    damaged, whole = store.create(tiny_recipe, priority=1), store.create(tiny_recipe)
    store.update(damaged, **{column: value})
    assert [run.id for run in store.runs()] == [whole]
    assert store.count() == 2
    with pytest.raises(ConvscopeError):
        store.get(damaged)
    claimed = store.claim_next("cpu")
    assert claimed is not None and claimed.id == whole


def test_bytes_that_are_no_text_hide_no_run(store: RunStore, tiny_recipe: Recipe) -> None:
    odd, whole = store.create(tiny_recipe), store.create(tiny_recipe)
    with closing(sqlite3.connect(store.folder / "runs.sqlite")) as database, database:
        database.execute("UPDATE runs SET notes = CAST(x'ff41' AS TEXT) WHERE id = ?", (odd,))
    assert {run.id for run in store.runs()} == {odd, whole}
    assert store.get(odd).notes == "\ufffdA"


def test_a_damaged_row_keeps_no_other_from_being_interrupted(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    damaged, whole = (store.create(tiny_recipe, claimed=True) for _ in range(2))
    owner = store.get(whole).owner
    store.update(damaged, recipe="{}}")
    store.release(whole)
    store.interrupt(owner, "It is gone.")
    assert (store.get(whole).status, store.get(whole).message) == ("interrupted", "It is gone.")
