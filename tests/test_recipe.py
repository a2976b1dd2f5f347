"""Recipes survive every way of storing them, and say what makes two of them one."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from core.recipe import (
    FAMILIES,
    VGG,
    Augmentation,
    ConvNet,
    Data,
    EarlyStopping,
    Hyperparameters,
    MobileNet,
    Optimizer,
    Published,
    Recipe,
    ResNet,
    Schedule,
    load_recipe,
    presets,
)
from core.recipe.parts import PARTS
from core.runs.store import RunStore

UNUSUAL = Recipe(
    name='Ünusual "quotes" \\ 猫',
    about="Two\nlines",
    seed=2**31 - 1,
    epochs=7,
    batch_size=8,
    label_smoothing=0.1,
    weight_averaging=0.999,
    precision="bf16",
    data=Data(source="folder", path="/pictures/my cats.zip", validation=0.25, split_seed=3),
    augmentation=Augmentation(crop_padding=0, flip=False, cutout=7, erasing=0.5),
    model=ConvNet(channels=(4, 1024), dense=(16, 8), batch_norm=False, activation="gelu"),
    optimizer=Optimizer(name="adamw", learning_rate=1e-5, momentum=0.0, weight_decay=0.0),
    schedule=Schedule(name="plateau", warmup=0.0, factor=0.5, every=2),
    early_stopping=EarlyStopping(patience=3, metric="loss"),
)
RECIPES = {
    **presets(),
    "defaults": Recipe(),
    "unusual": UNUSUAL,
    "vgg": Recipe(model=VGG(layers=19, dense=())),
    "resnet18": Recipe(model=ResNet(dropout=0.1)),
    "mobilenetv2": Recipe(model=MobileNet()),
}


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_comes_back_as_it_was(recipe: Recipe, store: RunStore) -> None:
    assert Recipe.from_toml(recipe.to_toml()) == recipe
    assert Recipe.from_json(recipe.to_json()) == recipe
    assert Recipe.from_url(recipe.to_url()) == recipe
    assert store.get(store.create(recipe)).recipe == recipe


CHANGES = {
    "seed": 1,
    "epochs": 11,
    "batch_size": 64,
    "resolutions": [32, 32],
    "label_smoothing": 0.1,
    "weight_averaging": 0.9,
    "lookahead": 5,
    "filtering": 0.8,
    "precision": "bf16",
    "compile": True,
    "data": {"split_seed": 1},
    "augmentation": {"flip": False},
    "model": {"family": "vgg"},
    "optimizer": {"momentum": 0.8},
    "schedule": {"warmup": 0.1},
    "early_stopping": {"metric": "loss"},
    "start": {"source": "checkpoint", "path": "best"},
}


def test_whatever_decides_the_weights_gives_a_recipe_another_identity() -> None:
    assert CHANGES.keys() == Hyperparameters.model_fields.keys()
    changed = [Recipe.parse({name: value}).identity for name, value in CHANGES.items()]
    assert len({Recipe().identity, *changed}) == len(CHANGES) + 1


def test_what_describes_a_recipe_leaves_its_identity() -> None:
    described = Recipe(name="Mine", about="More.", published=Published(accuracy=0.9, source="Me"))
    assert described.identity == Recipe().identity
    assert Recipe.from_toml(described.to_toml()).identity == Recipe().identity


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_link_is_short_and_needs_no_escaping(recipe: Recipe) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,900}", recipe.to_url())


def test_a_recipe_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Recipe().epochs = 3


TABLES = {*PARTS, "model", "published"}  # of fields with meanings of their own


@pytest.mark.parametrize("part", [Recipe, *PARTS.values(), *FAMILIES.values(), Published])
def test_every_field_has_a_meaning(part: type[BaseModel]) -> None:
    """The form shows it, so none may be missing."""
    for name, field in part.model_fields.items():
        is_table = part is Recipe and name in TABLES
        assert field.description or is_table or name == "family", f"{part.__name__}.{name}"


def test_presets_are_found_by_name_and_files_by_path(tmp_path: Path) -> None:
    assert load_recipe("shapes-quick").data.source == "shapes"
    path = tmp_path / "mine.toml"
    path.write_text("name = 'Mine'\nepochs = 2")
    assert load_recipe(str(path)) == Recipe(name="Mine", epochs=2)
