"""Ready comparisons: one recipe in variants, each over seeds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from pydantic import TypeAdapter, ValidationError

from core.comparison.seeds import by_seed, of_any_seed, recipe_groups
from core.comparison.verdicts import Reached
from core.files import write_atomically
from core.recipe import Activation, Augmentation, Recipe, presets
from core.runs.networks import SHIPPED
from core.runs.run import Run

BASE = "convnet-sgd"
EPOCHS = 5


@dataclass(frozen=True)
class Comparison:
    """variants: by what sets them apart; the first is what the others are compared with."""

    title: str
    about: str
    variants: Mapping[str, Recipe]


def comparisons() -> dict[str, Comparison]:
    """By the name on the command line."""
    return {
        "activations": Comparison(
            "Activation functions",
            f"The preset {BASE} with each activation function, {EPOCHS} epochs.",
            _named(_activations()),
        ),
        "regularisation": Comparison(
            "Regularisation",
            f"The preset {BASE} without any regularisation, with each kind alone, and with all of "
            f"them, {EPOCHS} epochs.",
            _named(_regularisation()),
        ),
    }


def reached(comparison: Comparison, runs: Sequence[Run]) -> Reached:
    """What the finished runs of each variant reached; variants without one are left out. Nothing
    where the baseline has none, as there is nothing to compare with."""
    groups = recipe_groups(runs)
    found = {
        name: list(by_seed(groups.get(of_any_seed(recipe), [])).values())
        for name, recipe in comparison.variants.items()
    }
    has_baseline = bool(next(iter(found.values())))
    return {name: reached for name, reached in found.items() if reached and has_baseline}


def keep(name: str, accuracies: Reached, folder: Path = SHIPPED) -> None:
    """Let what a comparison reached ship with the project."""
    write_atomically(_kept_path(name, folder), json.dumps(accuracies, indent=2).encode())


def kept(name: str, folder: Path = SHIPPED) -> Reached:
    """What ships of a comparison; nothing when it is missing or damaged."""
    try:
        return TypeAdapter(Reached).validate_json(_kept_path(name, folder).read_bytes())
    except (OSError, ValidationError):
        return {}


def _kept_path(name: str, folder: Path) -> Path:
    return folder / f"{name}.json"


def _activations() -> dict[str, Recipe]:
    base = _short(presets()[BASE])
    return {
        name.replace("_", " "): _with_model(base, activation=name) for name in get_args(Activation)
    }


def _regularisation() -> dict[str, Recipe]:
    """None, each means alone, and all of them."""
    base = _short(presets()[BASE])
    plain = _with_model(
        base.model_copy(
            update={
                "label_smoothing": 0.0,
                "augmentation": Augmentation(crop_padding=0, flip=False),
                "optimizer": base.optimizer.model_copy(update={"weight_decay": 0.0}),
            }
        ),
        batch_norm=False,
        dropout=0.0,
    )
    everything = _with_model(
        plain.model_copy(
            update={
                "label_smoothing": 0.1,
                "augmentation": base.augmentation,
                "optimizer": base.optimizer,
            }
        ),
        batch_norm=True,
        dropout=0.25,
    )
    return {
        "none": plain,
        "batch norm": _with_model(plain, batch_norm=True),
        "dropout": _with_model(plain, dropout=0.25),
        "weight decay": plain.model_copy(update={"optimizer": base.optimizer}),
        "augmentation": plain.model_copy(update={"augmentation": base.augmentation}),
        "label smoothing": plain.model_copy(update={"label_smoothing": 0.1}),
        "all": everything,
    }


def _named(variants: dict[str, Recipe]) -> dict[str, Recipe]:
    return {
        variant: recipe.model_copy(update={"name": f"{recipe.name}: {variant}"})
        for variant, recipe in variants.items()
    }


def _short(recipe: Recipe) -> Recipe:
    return recipe.model_copy(update={"epochs": EPOCHS})


def _with_model(recipe: Recipe, **options: object) -> Recipe:
    return recipe.model_copy(update={"model": recipe.model.model_copy(update=options)})
