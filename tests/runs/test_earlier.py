"""What an earlier version wrote still loads: a recipe's file and link, a store, its runs' files.

The folder `earlier` is a home of that version, the rows of its database as SQL: a finished run with
its logits, those of test-time augmentation among them, and one that was stopped after three of four
epochs. Both see a share of the images an epoch, and average two descents of the rate.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import torch

from core.data import load_dataset
from core.evaluation.logits import has_logits, stored_logits
from core.jobs import execute
from core.recipe import Recipe, read_recipe
from core.runs.checkpoint import load_checkpoint
from core.runs.database import MIGRATIONS
from core.runs.run import Run
from core.runs.store import RunStore
from core.training import Control

EARLIER = Path(__file__).with_name("earlier")
VERSION = 3  # of its store


@pytest.fixture
def earlier(home: Path) -> RunStore:
    shutil.copytree(EARLIER / "runs", home / "runs")
    with closing(sqlite3.connect(home / "runs.sqlite")) as database:
        for migration in MIGRATIONS[:VERSION]:
            database.executescript(migration.read_text())
        database.executescript((EARLIER / "rows.sql").read_text())
        database.execute(f"PRAGMA user_version = {VERSION}")
    return RunStore(home)


def test_its_recipes_say_the_same_as_a_file_as_a_link_in_a_store_and_in_a_checkpoint(
    earlier: RunStore,
) -> None:
    recipe = read_recipe(EARLIER / "recipe.toml")
    run = earlier.find("as it was")
    assert (recipe.name, recipe.filtering, recipe.published.accuracy) == ("as it was", 0.8, 0.5)
    assert Recipe.from_url((EARLIER / "link.txt").read_text().strip()) == recipe
    assert run.recipe == recipe
    assert load_checkpoint(earlier.best_path(run.id)).card.recipe == recipe


def test_its_finished_run_is_shown_and_its_logits_are_found(earlier: RunStore) -> None:
    run = earlier.find("as it was")
    assert (run.status, run.epochs_done, len(earlier.metrics.epochs(run.id))) == ("finished", 4, 4)
    path = earlier.best_path(run.id)
    assert has_logits(path, "validation") and has_logits(path, "test")
    assert has_logits(path, "test", tta=True)
    stored = stored_logits(path, "test", lambda: pytest.fail("they are stored"))
    right = (stored.logits.argmax(1) == stored.labels).mean()
    assert right == pytest.approx(run.accuracies["test"])


def told_of_the_pictures_of_now(store: RunStore, run: Run) -> None:
    """Shapes are drawn anew since, so the stopped run would be refused as it is."""
    drawn = load_dataset(run.recipe.data).fingerprint.partition(".")[0]
    before = load_checkpoint(store.best_path(run.id)).card.data_fingerprint.partition(".")[0]
    for file in store.best_path(run.id).parent.glob("*.safetensors"):
        file.write_bytes(file.read_bytes().replace(before.encode(), drawn.encode()))


def test_its_stopped_run_goes_on(earlier: RunStore) -> None:
    run = earlier.find("broken off")
    assert (run.status, run.epochs_done) == ("stopped", 3)
    told_of_the_pictures_of_now(earlier, run)
    for _ in execute(earlier, earlier.claim(run.id), Control(), torch.device("cpu")):
        pass
    run = earlier.get(run.id)
    assert (run.status, run.epochs_done, run.message) == ("finished", 4, "Finished after 4 epochs.")
    assert list(earlier.metrics.epochs(run.id).epoch) == [1, 2, 3, 4]
