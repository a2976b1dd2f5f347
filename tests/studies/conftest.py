import pytest

from core.recipe import Recipe


@pytest.fixture
def short(tiny_recipe: Recipe) -> Recipe:
    return tiny_recipe.model_copy(update={"epochs": 1})
