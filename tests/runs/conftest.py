"""A checkpoint as training would save it."""

import pytest

from core.data.dataset import Dataset
from core.models import build_model
from core.recipe import Recipe
from core.runs.checkpoint import (
    Card,
    Checkpoint,
)


@pytest.fixture
def checkpoint(tiny_recipe: Recipe, tiny_data: Dataset) -> Checkpoint:
    told = {"epoch": 2, "accuracies": {"validation": 0.75}, "temperature": 1.5}
    card = Card.of(tiny_recipe, tiny_data).model_copy(update=told)
    return Checkpoint(card, build_model(tiny_recipe.model, 4, seed=3).state_dict())
