"""Checkpoints: self-contained, and known by their content."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from core.data.dataset import Dataset
from core.errors import ConvscopeError
from core.models import build_model
from core.recipe import VGG, ConvNet, MobileNet, Model
from core.runs.checkpoint import (
    Checkpoint,
    load_card,
    load_checkpoint,
    save_checkpoint,
    weights_hash,
)


def test_a_network_comes_back_with_all_it_needs(
    tmp_path: Path, checkpoint: Checkpoint, tiny_data: Dataset
) -> None:
    path = tmp_path / "best.safetensors"
    save_checkpoint(path, checkpoint)
    loaded = load_checkpoint(path)
    assert loaded.card == checkpoint.card
    images = tiny_data.test.images
    ours, theirs = checkpoint.network(), loaded.network()
    assert torch.equal(theirs.logits(images), ours.logits(images))
    assert (theirs.classes, theirs.temperature) == (tiny_data.classes, 1.5)
    assert not theirs.model.training


def test_weights_are_known_by_their_content_alone(tmp_path: Path, checkpoint: Checkpoint) -> None:
    path = tmp_path / "best.safetensors"
    save_checkpoint(path, checkpoint)
    first = weights_hash(path)
    assert first == checkpoint.weights_hash == load_checkpoint(path).weights_hash
    renamed = checkpoint.card.model_copy(update={"data_name": "other", "temperature": 2.0})
    backwards = dict(reversed(checkpoint.weights.items()))
    save_checkpoint(path, Checkpoint(renamed, backwards))
    assert weights_hash(path) == first


@pytest.mark.parametrize("change", ["value", "name", "shape", "kind"])
def test_weights_that_differ_in_anything_have_another_identity(
    change: str, checkpoint: Checkpoint
) -> None:
    weights = dict(checkpoint.weights)
    name, *_ = weights
    value = weights.pop(name)
    match change:
        case "value":
            weights[name] = value + 1e-3
        case "name":
            weights[f"{name}s"] = value
        case "shape":
            weights[name] = value.reshape(-1)
        case "kind":
            weights[name] = value.view(torch.int32)
    assert Checkpoint(checkpoint.card, weights).weights_hash != checkpoint.weights_hash


def test_a_network_is_only_shown_the_data_that_it_was_trained_on(
    checkpoint: Checkpoint, tiny_data: Dataset
) -> None:
    checkpoint.card.ensure_trained_on(tiny_data)
    with pytest.raises(ConvscopeError, match="tiny does not hold the pictures that this network"):
        checkpoint.card.ensure_trained_on(replace(tiny_data, fingerprint="others"))


def test_names_of_classes_may_be_of_any_language(tmp_path: Path, checkpoint: Checkpoint) -> None:
    classes = ("Käfer", "می\u200cروم", "👩\u200d🚀", "*[/x]*")
    card = checkpoint.card.model_copy(update={"classes": classes})
    path = tmp_path / "x.safetensors"
    save_checkpoint(path, Checkpoint(card, checkpoint.weights))
    assert load_card(path).classes == classes


MODELS = [
    ConvNet(channels=(8,), whitening=2, dropout=0.5, head="max", initialisation="dirac"),
    ConvNet(channels=(8, 8), residual=True, dense=(8, 8), dropout=0.3),
    VGG(width=0.125, dense=(8,), dropout=0.5),
    MobileNet(width=0.25),
]


@pytest.mark.parametrize("model", MODELS)
def test_a_network_from_a_file_is_the_same_to_the_bit(
    model: Model, tmp_path: Path, checkpoint: Checkpoint, tiny_data: Dataset
) -> None:
    recipe = checkpoint.card.recipe.model_copy(update={"model": model})
    card = checkpoint.card.model_copy(update={"recipe": recipe})
    trained = build_model(model, 4, seed=3)
    path = tmp_path / "x.safetensors"
    save_checkpoint(path, Checkpoint(card, trained.state_dict()))
    network = load_checkpoint(path).network()
    kept = build_model(model, 4)
    kept.load_state_dict(trained.state_dict())
    ours, theirs = network.model, kept.eval()
    images = tiny_data.test.images[:8]
    assert torch.equal(network.logits(images), theirs(network.input(images)))
    for (name, one), (_, other) in zip(
        [*ours.named_parameters(), *ours.named_buffers()],
        [*theirs.named_parameters(), *theirs.named_buffers()],
        strict=True,
    ):
        assert torch.equal(one, other), name
        assert one.stride() == other.stride(), name
