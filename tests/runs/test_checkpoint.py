"""Checkpoints: self-contained, whole or not there, and never unpickled."""

import pickle
import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from core.data.dataset import Dataset
from core.errors import ConvscopeError
from core.models import build_model
from core.recipe import Recipe
from core.runs.checkpoint import (
    Card,
    Checkpoint,
    load_checkpoint,
    save_checkpoint,
    weights_hash,
)
from core.runs.export import run_as_csv, run_as_zip
from core.runs.store import RunStore
from core.training.events import EpochEnded


@pytest.fixture
def checkpoint(tiny_recipe: Recipe, tiny_data: Dataset) -> Checkpoint:
    card = Card(
        recipe=tiny_recipe,
        classes=tiny_data.classes,
        mean=tiny_data.normalisation.mean,
        std=tiny_data.normalisation.std,
        epoch=2,
        accuracies={"validation": 0.75},
        temperature=1.5,
        data_name=tiny_data.name,
        data_fingerprint=tiny_data.fingerprint,
    )
    return Checkpoint(card, build_model(tiny_recipe.model, 4, seed=3).state_dict())


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
    change: str, tmp_path: Path, checkpoint: Checkpoint
) -> None:
    path = tmp_path / "best.safetensors"
    save_checkpoint(path, checkpoint)
    before = weights_hash(path)
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
    save_checkpoint(path, Checkpoint(checkpoint.card, weights))
    assert weights_hash(path) != before


def test_a_network_is_only_shown_the_data_that_it_was_trained_on(
    checkpoint: Checkpoint, tiny_data: Dataset
) -> None:
    checkpoint.card.ensure_trained_on(tiny_data)
    with pytest.raises(ConvscopeError, match="tiny does not hold the pictures that this network"):
        checkpoint.card.ensure_trained_on(replace(tiny_data, fingerprint="others"))


class Evil:
    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return (pytest.fail, ("a checkpoint was unpickled",))


def pickled() -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Evil()))
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not a whole safetensors file"),
        (b"hello, this is text", "not a whole safetensors file"),
        (pickle.dumps(Evil()), "not a whole safetensors file"),
        (pickled(), "not a whole safetensors file"),
    ],
    ids=["empty", "text", "pickle", "torch.save"],
)
def test_foreign_files_are_refused(content: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)
    with pytest.raises(ConvscopeError, match=sentence):
        load_checkpoint(path)


def test_a_checkpoint_cut_in_half_is_refused(tmp_path: Path, checkpoint: Checkpoint) -> None:
    path = tmp_path / "half.safetensors"
    save_checkpoint(path, checkpoint)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ConvscopeError, match="cut short"):
        load_checkpoint(path)


def test_weights_from_elsewhere_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file({"weight": torch.zeros(3)}, path)
    with pytest.raises(ConvscopeError, match="not saved by Convscope"):
        load_checkpoint(path)
    save_file({"weight": torch.zeros(3)}, path, metadata={"convscope": "{}"})
    with pytest.raises(ConvscopeError, match="recipe is missing or wrong"):
        load_checkpoint(path)


@pytest.mark.parametrize("what", ["channels", "classes", "input size"])
def test_weights_of_another_network_are_refused(checkpoint: Checkpoint, what: str) -> None:
    card, weights = checkpoint.card, dict(checkpoint.weights)
    if what == "channels":
        model = card.recipe.model.model_copy(update={"channels": (5,)})
        card = card.model_copy(update={"recipe": card.recipe.model_copy(update={"model": model})})
    elif what == "classes":
        card = card.model_copy(update={"classes": (*card.classes, "one more")})
    else:  # twice the height and width give the dense layer four times the features
        *_, dense = (name for name, value in weights.items() if value.ndim == 2)
        weights[dense] = weights[dense].repeat(1, 4)
    with pytest.raises(ConvscopeError, match="do not belong"):
        Checkpoint(card, weights).network()


def test_a_missing_checkpoint_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConvscopeError, match="no checkpoint"):
        load_checkpoint(tmp_path / "gone.safetensors")


def test_a_run_is_exported_with_everything(
    store: RunStore, tiny_recipe: Recipe, checkpoint: Checkpoint
) -> None:
    run_id = store.create(tiny_recipe)
    store.metrics.add_epoch(run_id, EpochEnded(1, 1.5, 0.5, 1.25, 0.25, 0.1, 9.0, 2.0, best=True))
    save_checkpoint(store.best_path(run_id), checkpoint)
    header, row = run_as_csv(store, run_id).decode().splitlines()
    assert dict(zip(header.split(","), row.split(","), strict=True))["validation_loss"] == "1.25"
    with zipfile.ZipFile(BytesIO(run_as_zip(store, run_id))) as archive:
        assert set(archive.namelist()) == {
            "recipe.toml",
            "run.json",
            "epochs.csv",
            "steps.csv",
            "best.safetensors",
        }
        assert Recipe.from_toml(archive.read("recipe.toml").decode()) == tiny_recipe
