"""How familiar a picture is: the scores against direct loops, false alarms, neighbours, doors."""

import os
import shutil
from dataclasses import replace
from math import exp, log, sqrt
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from core.data import load_dataset
from core.data.dataset import Dataset
from core.data.unknowns import draw
from core.errors import ConvscopeError, StorageError
from core.evaluation.features import depths_of
from core.models import build_model
from core.models.network import Network
from core.prediction import familiarity
from core.prediction.familiarity import NEAREST, SHRINKAGE, Classes, scores, views
from core.prediction.reference import (
    NoReferenceError,
    first_of_each_class,
    load_reference,
    make_reference,
    reference_of,
    reference_path,
    save_reference,
)
from core.recipe import Recipe
from core.runs.checkpoint import Card, Checkpoint, load_card, load_checkpoint, save_checkpoint
from core.runs.networks import SHIPPED
from tests.tiny import TINY

NOBODY = 65534  # a user's number
SHAPES = SHIPPED / "shapes-quick.safetensors"


@pytest.fixture(scope="module")
def shapes_network() -> Network:
    return load_checkpoint(SHAPES).network()


@pytest.fixture(scope="module")
def shapes_data(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """What the network of shapes was trained on, drawn once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONVSCOPE_HOME", str(tmp_path_factory.mktemp("home")))
        return load_dataset(load_card(SHAPES).recipe.data)


@pytest.fixture
def path(tmp_path: Path, tiny_data: Dataset) -> Path:
    """A checkpoint of an untrained network, with what is familiar to it."""
    path = tmp_path / "best.safetensors"
    save(path, tiny_data, seed=0)
    make_reference(path, lambda: tiny_data)
    return path


def save(path: Path, data: Dataset, seed: int, recipe: Recipe = TINY) -> Checkpoint:
    weights = build_model(recipe.model, len(data.classes), seed).state_dict()
    checkpoint = Checkpoint(Card.of(recipe, data), weights)
    save_checkpoint(path, checkpoint)
    return checkpoint


def test_the_four_scores_agree_with_a_direct_loop(tiny_data: Dataset) -> None:
    network = Network(build_model(TINY.model, 4).eval(), tiny_data.classes, tiny_data.normalisation)
    reference = reference_of(network, tiny_data)
    images = tiny_data.test.images[:3]
    found = scores(reference, *views(network, images))
    known = reference.neighbours
    for row, image in enumerate(images):
        expected = np.zeros(4)
        for view in (image, image.flip(1)):
            seen = depths_of(network, view.unsqueeze(0))
            expected[0] += distance(reference.early, seen.early[0]) / 2
            middle = seen.middle[0] / np.linalg.norm(seen.middle[0])
            expected[1] += distance(reference.middle, middle) / 2
            late = (seen.late[0] - known.centre) @ known.directions
            cosines = [
                float(late @ other) / (np.linalg.norm(late) * np.linalg.norm(other))
                for other in known.features
            ]
            expected[2] -= sum(sorted(cosines)[-NEAREST:]) / NEAREST / 2
            expected[3] -= log(sum(exp(float(score)) for score in seen.logits[0])) / 2
        np.testing.assert_allclose(found[row], expected, rtol=1e-3, atol=1e-3)
    summed = sum((found[0] - reference.means) / reference.deviations)
    assert familiarity(network, reference, images)[0].strangeness == pytest.approx(summed, rel=1e-3)


def distance(classes: Classes, features: np.ndarray) -> float:
    """The logarithm of the least distance to a mean, direction by direction."""
    squares = [
        sum(float((features - mean) @ direction) ** 2 for direction in classes.whitening.T)
        for mean in classes.means
    ]
    return log(sqrt(min(squares)))


def test_after_whitening_images_vary_alike_in_every_direction() -> None:
    random = np.random.default_rng(0)
    labels = np.arange(4000) % 2
    spread = np.array([1.0, 2.0, 3.0])
    features = random.normal(size=(4000, 3)) * spread + 50 * labels[:, None]
    classes = Classes.of(features.astype(np.float32), labels)
    around = (features - classes.means[labels]) @ classes.whitening
    shrunk = spread**2 / (spread**2 + SHRINKAGE * np.mean(spread**2))
    np.testing.assert_allclose(around.var(axis=0), shrunk, rtol=0.1)
    assert np.abs(np.corrcoef(around.T) - np.eye(3)).max() < 0.1


def test_five_percent_of_fresh_images_are_false_alarms_and_noise_is_noticed(
    shapes_network: Network, shapes_data: Dataset
) -> None:
    """By what ships with the network of shapes, on test images, which nothing was fitted to."""
    reference = load_reference(SHAPES)

    def flagged(images: torch.Tensor) -> float:
        found = familiarity(shapes_network, reference, images)
        return sum(each.unlike for each in found) / len(found)

    assert 0.03 <= flagged(shapes_data.test.images) <= 0.07
    assert flagged(draw("noise", 100)) > 0.9


def test_neighbours_of_a_training_image_begin_with_itself(
    shapes_network: Network, shapes_data: Dataset
) -> None:
    train = shapes_data.train
    found = familiarity(shapes_network, load_reference(SHAPES), train.images[[7, 3]], k=3)
    for number, each in zip((7, 3), found, strict=True):
        assert len(each.neighbours) == 3
        first = each.neighbours[0]
        assert first.image == number and first.similarity == pytest.approx(1, abs=0.01)
        assert first.name == shapes_network.classes[int(train.labels[number])]
        similar = [near.similarity for near in each.neighbours]
        assert similar == sorted(similar, reverse=True)


def test_as_many_images_of_each_class_are_kept(tiny_data: Dataset) -> None:
    labels = torch.tensor([1, 0, 0, 1, 1])
    assert first_of_each_class(labels, 2).tolist() == [1, 2, 0, 3, 4]
    many = torch.arange(9000) % 2
    assert first_of_each_class(many, 2).bincount(minlength=9000)[:3000].sum() == 3000
    assert len(first_of_each_class(tiny_data.train.labels, 4)) == len(tiny_data.train)


def test_what_is_kept_says_the_same_and_what_is_missing_is_said(
    path: Path, tiny_data: Dataset
) -> None:
    network = load_checkpoint(path).network()
    images = tiny_data.test.images[:4]
    made = reference_of(network, tiny_data)
    assert familiarity(network, load_reference(path), images) == familiarity(network, made, images)
    reference_path(path).unlink()
    with pytest.raises(NoReferenceError, match="not known yet which pictures are unlike"):
        load_reference(path)


def test_what_is_familiar_to_another_network_is_refused(path: Path, tiny_data: Dataset) -> None:
    before = load_reference(path)
    save(path, tiny_data, seed=1)
    with pytest.raises(NoReferenceError, match="is of other weights or images"):
        load_reference(path)
    wider = Recipe.parse(
        TINY.model_dump() | {"model": {"family": "convnet", "channels": [6, 9], "depth": 1}}
    )
    network = Network(
        build_model(wider.model, 4).eval(), tiny_data.classes, tiny_data.normalisation
    )
    with pytest.raises(ConvscopeError, match="is of another network"):
        familiarity(network, before, tiny_data.test.images[:1])


def test_a_network_of_fewer_classes_is_refused_the_labels_of_more(
    path: Path, tiny_data: Dataset
) -> None:
    network = replace(load_checkpoint(path).network(), classes=("a", "b"))
    with pytest.raises(ConvscopeError, match="is of another network"):
        familiarity(network, load_reference(path), tiny_data.test.images[:1])


@pytest.mark.parametrize(
    "harm", ["empty", "cut", "huge", "label", "shape", "kind", "infinite", "falling"]
)
def test_a_damaged_file_is_refused_in_a_sentence(path: Path, harm: str) -> None:
    file = reference_path(path)
    if harm in ("empty", "cut", "huge"):
        os.truncate(file, {"empty": 0, "cut": file.stat().st_size - 100, "huge": 2**30}[harm])
    else:
        with safe_open(file, framework="pt") as opened:
            identity = opened.metadata()
        kept = load_file(file)
        match harm:
            case "label":
                kept["labels"][0] = 99
            case "shape":
                kept["directions"] = kept["directions"][:-1].clone()
            case "kind":
                kept["features"] = kept["features"].to(torch.int16)
            case "infinite":
                kept["means"][0] = torch.inf
            case _:
                kept["quantiles"] = kept["quantiles"].flip(0)
        save_file(kept, file, identity)
    with pytest.raises(NoReferenceError):
        load_reference(path)


def test_too_few_validation_images_are_said(tiny_data: Dataset) -> None:
    few = replace(
        tiny_data,
        validation=replace(
            tiny_data.validation,
            images=tiny_data.validation.images[:5],
            labels=tiny_data.validation.labels[:5],
        ),
    )
    network = Network(build_model(TINY.model, 4).eval(), few.classes, few.normalisation)
    with pytest.raises(ConvscopeError, match="holds back 5 images for validation"):
        reference_of(network, few)


def test_features_that_are_no_numbers_are_said(path: Path, tiny_data: Dataset) -> None:
    model = build_model(TINY.model, 4).eval()
    with torch.no_grad():
        next(model.parameters()).fill_(torch.nan)
    network = Network(model, tiny_data.classes, tiny_data.normalisation)
    with pytest.raises(ConvscopeError, match="no finite number:"):
        familiarity(network, load_reference(path), tiny_data.test.images[:1])
    with pytest.raises(ConvscopeError, match="nothing is familiar to it"):
        reference_of(network, tiny_data)


def test_a_network_on_other_data_is_not_taught(path: Path, tiny_data: Dataset) -> None:
    other = replace(tiny_data, fingerprint="tiny 2")
    with pytest.raises(ConvscopeError, match="does not hold the pictures"):
        make_reference(path, lambda: other)


def test_a_folder_that_may_only_be_read_is_said_before_the_work(
    path: Path, tiny_data: Dataset
) -> None:
    with TemporaryDirectory() as place:
        own = Path(place) / path.name
        shutil.copy(path, own)
        own.parent.chmod(0o555)
        before = os.geteuid()
        os.seteuid(before or NOBODY)  # root may write everywhere
        try:
            with pytest.raises(StorageError, match="Permission denied"):
                make_reference(own, lambda: tiny_data)
        finally:
            os.seteuid(before)


def test_nothing_is_kept_for_a_network_that_was_deleted(path: Path) -> None:
    trained, reference = load_checkpoint(path), load_reference(path)
    path.unlink()
    with pytest.raises(ConvscopeError, match="was deleted meanwhile"):
        save_reference(path, trained, reference)


def test_of_no_pictures_nothing_is_said(tiny_data: Dataset) -> None:
    network = Network(build_model(TINY.model, 4).eval(), tiny_data.classes, tiny_data.normalisation)
    none = tiny_data.test.images[:0]
    assert familiarity(network, reference_of(network, tiny_data), none) == []
    assert network.logits(none).shape == (0, 4)


def test_validation_images_that_are_all_the_same_tell_nothing(tiny_data: Dataset) -> None:
    network = Network(build_model(TINY.model, 4).eval(), tiny_data.classes, tiny_data.normalisation)
    first = tiny_data.validation.images[:1]
    same = replace(tiny_data.validation, images=first.expand_as(tiny_data.validation.images))
    with pytest.raises(ConvscopeError, match="are all the same to this network"):
        reference_of(network, replace(tiny_data, validation=same))
