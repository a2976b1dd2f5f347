"""Networks that ship: half the bytes, readable, evaluated anew, and missed without harm."""

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
import torch
from safetensors import safe_open

from core.data import load_dataset
from core.errors import ConvscopeError
from core.evaluation.logits import stored_logits
from core.evaluation.metrics import top_k_accuracy
from core.jobs import execute
from core.machine import pick_device
from core.recipe import Recipe
from core.reproduce.ship import ship
from core.runs.checkpoint import load_card
from core.runs.networks import missing_networks, shipped_networks, trained_networks
from core.runs.run import Run
from core.runs.store import RunStore
from core.training import Control

pytestmark = pytest.mark.slow


@pytest.fixture
def run(store: RunStore, tiny_recipe: Recipe) -> Run:
    claimed = store.get(store.create(tiny_recipe, claimed=True))
    for _ in execute(store, claimed, Control(), pick_device()):
        pass
    return store.get(claimed.id)


def never() -> NoReturn:
    raise AssertionError("the data was loaded although the logits ship")


def test_half_the_bytes_and_the_accuracy_of_just_these_weights(
    store: RunStore, run: Run, tmp_path: Path
):
    path = ship(store, run, "tiny", tmp_path)
    with safe_open(path, framework="pt") as file:
        assert file.get_tensor("0.weight").dtype == torch.float16
    card = load_card(path)
    for split in ("validation", "test"):
        evaluated = stored_logits(path, split, never)
        assert card.accuracies[split] == top_k_accuracy(evaluated.logits, evaluated.labels, 1)
    assert card.seconds == run.seconds > 0


def test_the_card_for_people_says_how_to_make_it_again(store: RunStore, run: Run, tmp_path: Path):
    ship(store, run, "tiny", tmp_path)
    text = (tmp_path / "tiny.md").read_text()
    assert "python -m core train tiny --set seed=0" in text
    assert "| circle |" in text
    assert f"{len(load_dataset(run.recipe.data).test.labels)} images, one view" in text


def test_the_card_counts_the_epochs_that_were_trained(store: RunStore, run: Run, tmp_path: Path):
    assert run.epochs_done > 1
    store.update(run.id, done_steps=run.steps_per_epoch)  # as early stopping would leave it
    ship(store, store.get(run.id), "tiny", tmp_path)
    assert f"1 epoch\n  (weights of epoch {run.best_epoch})" in (tmp_path / "tiny.md").read_text()


def test_a_damaged_file_is_left_out_and_the_best_comes_first(
    store: RunStore, run: Run, tmp_path: Path
):
    for name in ("a", "best"):
        ship(store, run, name, tmp_path)
    (tmp_path / "b.safetensors").write_bytes(b"cut short")
    assert list(shipped_networks(tmp_path)) == ["best", "a"]
    assert missing_networks(tmp_path) == []
    (tmp_path / "best.safetensors").unlink()
    assert list(shipped_networks(tmp_path)) == ["a"]
    assert missing_networks(tmp_path) == ["best"]


def test_the_users_own_networks_come_first(store: RunStore, run: Run):
    assert next(iter(trained_networks(store))) == run.id


def test_a_run_whose_pictures_were_changed_is_not_shipped(
    store: RunStore,
    own_recipe: Recipe,
    change_pictures: Callable[[], Callable[[], None]],
    tmp_path: Path,
):
    run = store.get(store.create(own_recipe, claimed=True))
    for _ in execute(store, run, Control(), pick_device()):
        pass
    put_back = change_pictures()
    with pytest.raises(ConvscopeError, match="own does not hold the pictures"):
        ship(store, store.get(run.id), "tiny", tmp_path / "shipped")
    assert not (tmp_path / "shipped").exists()
    put_back()
    assert ship(store, store.get(run.id), "tiny", tmp_path / "shipped").exists()


@pytest.mark.parametrize("name", ["", "../best", "a/b", ".hidden", "Best", "x" * 100])
def test_a_name_that_leads_elsewhere_is_refused(
    store: RunStore, run: Run, tmp_path: Path, name: str
):
    with pytest.raises(ConvscopeError, match="cannot be the name of a network that ships"):
        ship(store, run, name, tmp_path / "shipped")
    assert not (tmp_path / "shipped").exists()


def test_only_a_finished_run_is_shipped(store: RunStore, tiny_recipe: Recipe, tmp_path: Path):
    queued = store.get(store.create(tiny_recipe))
    with pytest.raises(ConvscopeError, match="is queued; only a finished run"):
        ship(store, queued, "tiny", tmp_path)
