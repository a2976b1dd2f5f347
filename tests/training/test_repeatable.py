"""A recipe ends in the same weights, to the bit, whatever else the process does."""

from typing import Any

import pytest
import torch
from neighbour import noisy_neighbour
from tiny import EVERY_AUGMENTATION
from torch import Tensor

from core.data.dataset import Dataset
from core.recipe import Recipe
from core.training import events, train

pytestmark = pytest.mark.slow

CPU = torch.device("cpu")
CONVNET = {"family": "convnet", "channels": [4, 8], "depth": 1}
RECIPES: dict[str, dict[str, Any]] = {
    "dropout and every augmentation": {
        "model": CONVNET | {"dense": [16, 16], "dropout": 0.5},
        "augmentation": EVERY_AUGMENTATION,
        "weight_averaging": 0.9,
    },
    "muon, whitening, dirac": {
        "model": CONVNET | {"whitening": 2, "initialisation": "dirac", "dropout": 0.3},
        "optimizer": {"name": "muon"},
        "filtering": 0.7,
        "lookahead": 4,
    },
    "mobilenet, restarted": {
        "model": {"family": "mobilenetv2", "width": 0.25},
        "schedule": {"name": "linear", "restart": 1},
        "epochs": 2,
        "batch_size": 101,
    },
}


def trained(recipe: Recipe, data: Dataset) -> dict[str, Tensor]:
    snapshots = [e for e in train(recipe, data, device=CPU) if isinstance(e, events.Snapshot)]
    return snapshots[-1].state.model


@pytest.mark.parametrize("change", RECIPES.values(), ids=RECIPES)
def test_a_run_repeats_beside_a_thread_that_seeds_and_draws(
    change: dict[str, Any], tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    recipe = Recipe.parse(tiny_recipe.model_dump() | change)
    alone = trained(recipe, tiny_data)
    with noisy_neighbour():
        beside = trained(recipe, tiny_data)
    for name, value in alone.items():
        assert torch.equal(value, beside[name]), name


@pytest.mark.parametrize("change", RECIPES.values(), ids=RECIPES)
def test_training_leaves_torchs_random_state_alone(
    change: dict[str, Any], tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    before = torch.get_rng_state()
    trained(Recipe.parse(tiny_recipe.model_dump() | change), tiny_data)
    assert torch.equal(torch.get_rng_state(), before)
