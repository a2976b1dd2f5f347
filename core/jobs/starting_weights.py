"""The weights that a recipe starts from."""

import urllib.error

import torch
from torch import Tensor, nn

from core.errors import ConvscopeError
from core.files import home
from core.models.families import FAMILIES
from core.recipe import Recipe
from core.runs.checkpoint import Checkpoint, load_checkpoint
from core.runs.networks import find_checkpoint
from core.runs.store import RunStore


def starting_weights(
    store: RunStore, recipe: Recipe, classes: tuple[str, ...]
) -> dict[str, Tensor] | None:
    """None for fresh weights; without the layer that makes the class scores, unless it knows just
    these classes. Raises ConvscopeError when what the recipe names is not to be had."""
    match recipe.start.source:
        case "fresh":
            return None
        case "checkpoint":
            trained = load_checkpoint(find_checkpoint(recipe.start.path, lambda: store))
            trained.ensure_finite()
            same = trained.card.classes == classes
            return trained.weights if same else _without_head(trained)
        case "imagenet":
            return _imagenet(FAMILIES[recipe.model.family].imagenet)


def _without_head(trained: Checkpoint) -> dict[str, Tensor]:
    model = trained.network().model
    *_, head = (name for name, layer in model.named_modules() if isinstance(layer, nn.Linear))
    return {
        name: value for name, value in trained.weights.items() if not name.startswith(f"{head}.")
    }


def _imagenet(url: str) -> dict[str, Tensor]:
    """torchvision's published weights, downloaded once; the name in the address holds their hash,
    and nothing but tensors is read from the file."""
    try:
        return torch.hub.load_state_dict_from_url(
            url, str(home() / "imagenet"), "cpu", progress=False, check_hash=True, weights_only=True
        )
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        raise ConvscopeError(
            "The ImageNet weights are not here and could not be downloaded from "
            f"download.pytorch.org ({error}). Check the connection, or start from a checkpoint."
        ) from error
