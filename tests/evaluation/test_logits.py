"""Logits are computed once for a checkpoint, and never taken for another's."""

from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from core.data.dataset import Dataset
from core.errors import ConvscopeError
from core.evaluation.logits import (
    SplitLogits,
    has_logits,
    logits_path,
    save_logits,
    stored_logits,
)
from core.models import build_model
from core.recipe import Recipe
from core.runs.checkpoint import Card, Checkpoint, save_checkpoint


def never() -> NoReturn:
    raise AssertionError("the data was loaded although the logits were stored")


def save(path: Path, recipe: Recipe, data: Dataset, epoch: int = 1, seed: int = 0) -> Checkpoint:
    card = Card.of(recipe, data).model_copy(update={"epoch": epoch})
    weights = build_model(recipe.model, len(data.classes), seed).state_dict()
    checkpoint = Checkpoint(card, weights)
    save_checkpoint(path, checkpoint)
    return checkpoint


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "best.safetensors"


def test_are_those_of_the_network_on_every_image_of_the_split(
    path: Path, tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    network = save(path, tiny_recipe, tiny_data).network()
    evaluated = stored_logits(path, "validation", lambda: tiny_data)
    assert evaluated.labels.tolist() == tiny_data.validation.labels.tolist()
    assert evaluated.logits.dtype == np.float32
    one_by_one = [network.logits(image[None])[0] for image in tiny_data.validation.images[:5]]
    torch.testing.assert_close(torch.from_numpy(evaluated.logits[:5]), torch.stack(one_by_one))


def test_are_read_back_without_the_data(
    path: Path, tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    save(path, tiny_recipe, tiny_data)
    first = stored_logits(path, "test", lambda: tiny_data)
    again = stored_logits(path, "test", never)
    assert np.array_equal(first.logits, again.logits)
    assert np.array_equal(first.labels, again.labels)


def test_are_computed_anew_for_better_weights_and_when_damaged(
    path: Path, tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    save(path, tiny_recipe, tiny_data, epoch=1, seed=0)
    old = stored_logits(path, "test", lambda: tiny_data)
    save(path, tiny_recipe, tiny_data, epoch=2, seed=1)
    new = stored_logits(path, "test", lambda: tiny_data)
    assert not np.array_equal(old.logits, new.logits)
    stored = logits_path(path, "test")
    stored.write_bytes(stored.read_bytes()[:-7])
    repaired = stored_logits(path, "test", lambda: tiny_data)
    assert np.array_equal(repaired.logits, new.logits)


@pytest.mark.parametrize(
    "change",
    [
        {"labels": torch.full((61,), 99)},
        {"labels": torch.full((61,), -1)},
        {"labels": torch.zeros(61)},
        {"logits": torch.zeros(61, 4, dtype=torch.bfloat16)},
        {"logits": torch.zeros(61, 4, dtype=torch.float8_e5m2)},
        {"logits": torch.zeros(61, 4, dtype=torch.int64)},
        {"logits": torch.full((61, 4), torch.nan)},
    ],
)
def test_are_computed_anew_when_they_are_no_logits_or_no_labels(
    path: Path, tiny_recipe: Recipe, tiny_data: Dataset, change: dict[str, torch.Tensor]
) -> None:
    save(path, tiny_recipe, tiny_data)
    whole = stored_logits(path, "test", lambda: tiny_data)
    stored = logits_path(path, "test")
    with safe_open(stored, framework="pt") as file:
        identity = file.metadata()
    tensors = {"logits": torch.from_numpy(whole.logits), "labels": torch.from_numpy(whole.labels)}
    save_file(tensors | change, stored, metadata=identity)
    again = stored_logits(path, "test", lambda: tiny_data)
    assert np.array_equal(again.logits, whole.logits)
    assert np.array_equal(again.labels, whole.labels)


@pytest.mark.parametrize("cut", ["labels", "classes"])
def test_are_computed_anew_when_they_do_not_fit_the_labels_or_the_classes(
    path: Path, tiny_recipe: Recipe, tiny_data: Dataset, cut: str
) -> None:
    checkpoint = save(path, tiny_recipe, tiny_data)
    whole = stored_logits(path, "test", lambda: tiny_data)
    if cut == "labels":
        unfit = SplitLogits(whole.logits, whole.labels[:-1])
    else:
        unfit = SplitLogits(whole.logits[:, :-1], whole.labels)
    save_logits(path, checkpoint, "test", unfit)
    assert not has_logits(path, "test")
    assert np.array_equal(stored_logits(path, "test", lambda: tiny_data).logits, whole.logits)
    assert has_logits(path, "test")


def test_data_with_other_classes_is_refused(
    path: Path, tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    save(path, tiny_recipe, tiny_data)
    others = replace(tiny_data, classes=("ant", *tiny_data.classes[1:]))
    with pytest.raises(ConvscopeError, match=r"but .* has 4 classes \(ant, "):
        stored_logits(path, "test", lambda: others)


def test_scores_that_are_no_numbers_are_told(
    path: Path, tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    """Weights can be finite and too large for what is made of them."""
    model = build_model(tiny_recipe.model, len(tiny_data.classes))
    weights = {
        key: torch.full_like(value, 3e38) if value.is_floating_point() else value
        for key, value in model.state_dict().items()
    }
    save_checkpoint(path, Checkpoint(Card.of(tiny_recipe, tiny_data), weights))
    with pytest.raises(ConvscopeError, match="no finite numbers"):
        stored_logits(path, "test", lambda: tiny_data)


def test_other_pictures_are_never_evaluated_but_the_logits_of_the_old_ones_stay(
    path: Path, tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    save(path, tiny_recipe, tiny_data)
    test = stored_logits(path, "test", lambda: tiny_data)
    changed = replace(tiny_data, fingerprint="others")
    with pytest.raises(ConvscopeError, match="does not hold the pictures that this network was"):
        stored_logits(path, "validation", lambda: changed)
    assert not has_logits(path, "validation")
    assert np.array_equal(stored_logits(path, "test", never).logits, test.logits)


def test_are_computed_anew_for_other_weights_of_the_same_recipe_and_epoch(
    path: Path, tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    save(path, tiny_recipe, tiny_data, seed=0)
    old = stored_logits(path, "test", lambda: tiny_data)
    other = save(path, tiny_recipe, tiny_data, seed=1)
    assert not has_logits(path, "test")
    new = stored_logits(path, "test", lambda: tiny_data)
    np.testing.assert_allclose(new.logits, other.network().logits(tiny_data.test.images).numpy())
    assert not np.array_equal(old.logits, new.logits)


def test_of_weights_that_are_replaced_while_they_are_evaluated_are_not_taken_for_the_new(
    path: Path, tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    save(path, tiny_recipe, tiny_data, seed=0)

    def meanwhile() -> Dataset:
        save(path, tiny_recipe, tiny_data, seed=1)
        return tiny_data

    stored_logits(path, "test", meanwhile)
    assert not has_logits(path, "test")


def test_of_one_split_are_not_taken_for_another(
    path: Path, tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    save(path, tiny_recipe, tiny_data)
    stored_logits(path, "test", lambda: tiny_data)
    logits_path(path, "test").rename(logits_path(path, "validation"))
    assert not has_logits(path, "validation")


def test_a_new_name_keeps_them(path: Path, tiny_recipe: Recipe, tiny_data: Dataset) -> None:
    save(path, tiny_recipe, tiny_data)
    stored_logits(path, "test", lambda: tiny_data)
    save(path, tiny_recipe.model_copy(update={"name": "Better name"}), tiny_data)
    stored_logits(path, "test", never)


def test_a_missing_checkpoint_is_said(path: Path) -> None:
    with pytest.raises(ConvscopeError, match="There is no checkpoint"):
        stored_logits(path, "test", never)


def test_tta_views_are_kept_apart_from_one(
    path: Path, tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    network = save(path, tiny_recipe, tiny_data).network()
    one = stored_logits(path, "test", lambda: tiny_data)
    several = stored_logits(path, "test", lambda: tiny_data, tta=True)
    expected = network.logits(tiny_data.test.images, tta=True).numpy()
    np.testing.assert_allclose(several.logits, expected, rtol=1e-5)
    assert not np.allclose(one.logits, several.logits)
    assert np.array_equal(stored_logits(path, "test", never, tta=True).logits, several.logits)


def test_belong_to_weights_data_split_and_views(
    path: Path, tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    """And not to the recipe, so an option that a later version adds makes nothing stale."""
    checkpoint = save(path, tiny_recipe, tiny_data)
    stored_logits(path, "test", lambda: tiny_data, tta=True)
    with safe_open(logits_path(path, "test", tta=True), framework="numpy") as file:
        assert file.metadata() == {
            "weights": checkpoint.weights_hash,
            "data": tiny_data.fingerprint,
            "split": "test",
            "views": "several",
        }
