"""Where a run's first weights come from, and what is said when they are not to be had."""

from pathlib import Path

import pytest
import torch

from core.errors import ConvscopeError
from core.jobs import execute
from core.jobs.starting_weights import starting_weights
from core.machine import pick_device
from core.recipe import Recipe, ResNet, Start
from core.runs.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from core.runs.store import RunStore
from core.training import Control

pytestmark = pytest.mark.slow


def from_network(recipe: Recipe, path: str) -> Recipe:
    return recipe.model_copy(update={"start": Start(source="checkpoint", path=path)})


@pytest.fixture
def trained(store: RunStore, tiny_recipe: Recipe) -> str:
    run = store.get(store.create(tiny_recipe.model_copy(update={"epochs": 1}), claimed=True))
    for _ in execute(store, run, Control(), pick_device()):
        pass
    return run.id


def test_a_run_a_file_and_fresh_weights(store: RunStore, tiny_recipe: Recipe, trained: str):
    checkpoint = load_checkpoint(store.best_path(trained))
    for path in (trained, "tiny", str(store.best_path(trained))):
        weights = starting_weights(store, from_network(tiny_recipe, path), checkpoint.card.classes)
        assert weights is not None and weights.keys() == checkpoint.weights.keys()
    assert starting_weights(store, tiny_recipe, checkpoint.card.classes) is None


def test_scores_for_other_classes_stay_behind(store: RunStore, tiny_recipe: Recipe, trained: str):
    everything = load_checkpoint(store.best_path(trained)).weights
    others = tuple("abcdefghij")  # as many, but not the same
    weights = starting_weights(store, from_network(tiny_recipe, trained), others)
    assert weights is not None
    left = {name: everything[name].shape for name in everything.keys() - weights.keys()}
    assert sorted(left.values()) == [torch.Size([10]), torch.Size([10, 512])]


def test_weights_that_are_no_numbers_start_nothing(
    store: RunStore, tiny_recipe: Recipe, trained: str
):
    path = store.best_path(trained)
    whole = load_checkpoint(path)
    name, *_ = whole.weights
    weights = whole.weights | {name: torch.full_like(whole.weights[name], torch.nan)}
    save_checkpoint(path, Checkpoint(whole.card, weights))
    with pytest.raises(ConvscopeError, match="are not all finite numbers"):
        starting_weights(store, from_network(tiny_recipe, trained), whole.card.classes)


def test_a_class_that_no_card_can_name_fails_the_run_before_it_trains(
    store: RunStore, own_recipe: Recipe, own_pictures: Path
):
    (own_pictures / "day").rename(own_pictures / ("day" * 50))
    run = store.get(store.create(own_recipe, claimed=True))
    for _ in execute(store, run, Control(), pick_device()):
        pass
    ended = store.get(run.id)
    assert (ended.status, ended.done_steps) == ("failed", 0)
    assert "must be printable and no longer than 100 characters. Rename" in ended.message


def test_the_run_says_how_many_layers_came(store: RunStore, tiny_recipe: Recipe, trained: str):
    wider = tiny_recipe.model_dump()
    wider["epochs"] = 1
    wider["model"]["channels"] = (4, 12)
    recipe = from_network(Recipe.parse(wider), trained)
    run = store.get(store.create(recipe, claimed=True))
    for _ in execute(store, run, Control(), pick_device()):
        pass
    told = " ".join(text for _, text in store.history(run.id))
    assert "Layers that begin with another network's weights: 1; the others are fresh." in told


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("gone.safetensors", "There is no checkpoint at gone.safetensors"),
        ("nobody", "There is no run called 'nobody'"),
    ],
)
def test_a_network_that_is_not_there_fails_the_run_in_a_sentence(
    store: RunStore, tiny_recipe: Recipe, path: str, sentence: str
):
    run = store.get(store.create(from_network(tiny_recipe, path), claimed=True))
    for _ in execute(store, run, Control(), pick_device()):
        pass
    ended = store.get(run.id)
    assert ended.status == "failed" and sentence in ended.message


@pytest.mark.usefixtures("home")
def test_without_a_connection_imagenet_is_refused_in_a_sentence(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
):
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # where nothing answers
    recipe = Recipe(model=ResNet(), start=Start(source="imagenet"))
    with pytest.raises(ConvscopeError, match="ImageNet weights are not here and could not be"):
        starting_weights(store, recipe, ("cat", "dog"))
