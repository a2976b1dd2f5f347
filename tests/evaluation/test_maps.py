"""Maps of images: features, their arrangement, and that a map is never taken for another's."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from core.data.dataset import Dataset
from core.errors import BreakOffError, ConvscopeError
from core.evaluation.embedding import embedded, principal_components
from core.evaluation.features import features_of
from core.evaluation.maps import (
    MOST,
    ImageMap,
    chosen_by,
    make_map,
    map_path,
    places_on,
    save_map,
    shown_images,
    stored_map,
)
from core.models import build_model
from core.models.network import Network
from core.recipe import Recipe
from core.runs.checkpoint import Card, Checkpoint, save_checkpoint
from tests.polygons import slowly_inside
from tests.tiny import TINY


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "best.safetensors"


def save(path: Path, recipe: Recipe, data: Dataset, seed: int = 0) -> Checkpoint:
    weights = build_model(recipe.model, len(data.classes), seed).state_dict()
    checkpoint = Checkpoint(Card.of(recipe, data), weights)
    save_checkpoint(path, checkpoint)
    return checkpoint


@pytest.mark.parametrize(
    "model",
    [
        {"family": "convnet", "channels": [4, 8], "depth": 1},
        {"family": "convnet", "channels": [4], "depth": 1, "dense": [6], "dropout": 0.5},
        {"family": "vgg", "layers": 11, "width": 0.125},
        {"family": "resnet18", "dropout": 0.2},
        {"family": "mobilenetv2", "width": 0.25},
        {"family": "two_conv"},
    ],
)
def test_features_are_what_the_class_scores_are_made_of(model: dict, tiny_data: Dataset) -> None:
    recipe = Recipe.parse(TINY.model_dump() | {"model": model})
    module = build_model(recipe.model, 4).eval()
    network = Network(module, tiny_data.classes, tiny_data.normalisation)
    images = tiny_data.test.images[:3]
    features = features_of(network, images)
    last = [layer for layer in module.modules() if isinstance(layer, torch.nn.Linear)][-1]
    assert features.dtype == np.float32 and features.shape == (3, last.in_features)
    with torch.inference_mode():
        scores = last(torch.from_numpy(features))
    torch.testing.assert_close(scores, network.logits(images), rtol=1e-4, atol=1e-5)


def test_a_network_whose_features_were_broken_off_answers_as_before(tiny_data: Dataset) -> None:
    module = build_model(TINY.model, 4).eval()
    network = Network(module, tiny_data.classes, tiny_data.normalisation)
    before = network.logits(tiny_data.test.images)

    def stop(_what: str, _share: float) -> None:
        raise BreakOffError

    with pytest.raises(BreakOffError):
        features_of(network, tiny_data.test.images, stop)
    assert torch.equal(network.logits(tiny_data.test.images), before)


def test_principal_components_keep_distances_where_all_directions_fit() -> None:
    features = np.random.default_rng(0).normal(size=(20, 5)).astype(np.float32)
    reduced = principal_components(features)
    assert reduced.shape == (20, 50) and not reduced[:, 5:].any()
    before = np.linalg.norm(features[:, None] - features, axis=2)
    after = np.linalg.norm(reduced[:, None] - reduced, axis=2)
    np.testing.assert_allclose(after, before, atol=1e-4)
    assert (np.diff(reduced.std(axis=0)) <= 1e-6).all()


def clusters(of: int = 40) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(0)
    labels = np.arange(3 * of) % 3
    centres = 8 * draw.normal(size=(3, 10))
    return (centres[labels] + draw.normal(size=(len(labels), 10))).astype(np.float32), labels


def test_a_map_keeps_neighbours_and_is_the_same_again() -> None:
    features, labels = clusters()
    points = embedded(features)
    assert points.shape == (120, 2) and np.abs(points).max() == pytest.approx(1.0)
    distances = np.linalg.norm(points[:, None] - points, axis=2)
    np.fill_diagonal(distances, np.inf)
    assert (labels[distances.argmin(axis=1)] == labels).all()
    np.random.default_rng().normal()
    assert np.array_equal(embedded(features), points)


def test_a_map_tells_its_rounds_and_stops_between_them() -> None:
    told: list[tuple[str, float]] = []

    def stop_in_second_round(what: str, share: float) -> None:
        told.append((what, share))
        if "round 2" in what:
            raise BreakOffError

    with pytest.raises(BreakOffError):
        embedded(clusters()[0], report=stop_in_second_round)
    assert [what.split(" (")[0] for what, _ in told] == [
        "Finding the directions that vary most",
        "Arranging neighbours",
        "Arranging neighbours",
    ]
    shares = [share for _, share in told]
    assert shares == sorted(shares)


@pytest.mark.parametrize("count", [0, 1, 7, 9])
def test_few_images_and_images_that_are_all_alike_make_a_map(count: int) -> None:
    points = embedded(np.ones((count, 3), dtype=np.float32))
    assert points.shape == (count, 2) and np.isfinite(points).all()


def test_a_large_split_is_shown_by_some_evenly_spread() -> None:
    assert shown_images(61).tolist() == list(range(61))
    shown = shown_images(45_000)
    assert len(shown) == MOST and len(set(shown.tolist())) == MOST
    assert (shown[0], shown[-1]) == (0, 44_999)


def test_a_map_is_kept_beside_its_checkpoint(path: Path, tiny_data: Dataset) -> None:
    save(path, TINY, tiny_data)
    assert stored_map(path, "test", 61) is None
    make_map(path, "test", lambda: tiny_data)
    kept = stored_map(path, "test", 61)
    assert kept is not None
    assert kept.points.shape == (61, 2) and kept.images.tolist() == list(range(61))
    assert stored_map(path, "validation", 61) is None


def test_a_map_of_other_weights_split_or_images_is_none(path: Path, tiny_data: Dataset) -> None:
    save(path, TINY, tiny_data)
    make_map(path, "test", lambda: tiny_data)
    assert stored_map(path, "test", 60) is None
    map_path(path, "test").rename(map_path(path, "validation"))
    assert stored_map(path, "validation", 61) is None
    map_path(path, "validation").rename(map_path(path, "test"))
    assert stored_map(path, "test", 61) is not None
    save(path, TINY, tiny_data, seed=1)
    assert stored_map(path, "test", 61) is None


def test_a_damaged_map_is_none(path: Path, tiny_data: Dataset) -> None:
    checkpoint = save(path, TINY, tiny_data)
    make_map(path, "test", lambda: tiny_data)
    kept, stored = stored_map(path, "test", 61), map_path(path, "test")
    assert kept is not None
    whole = stored.read_bytes()
    stored.write_bytes(whole[:-7])
    assert stored_map(path, "test", 61) is None
    save_map(path, checkpoint, "test", replace(kept, points=np.full((61, 2), np.nan)))
    assert stored_map(path, "test", 61) is None
    save_file({"points": torch.zeros(61, 2)}, stored)
    assert stored_map(path, "test", 61) is None
    stored.write_bytes(whole)
    assert stored_map(path, "test", 61) is not None


def test_no_map_is_drawn_from_other_pictures(path: Path, tiny_data: Dataset) -> None:
    save(path, TINY, tiny_data)
    with pytest.raises(ConvscopeError, match="does not hold the pictures"):
        make_map(path, "test", lambda: replace(tiny_data, fingerprint="others"))
    assert stored_map(path, "test", 61) is None


def test_what_lies_inside_a_drawn_line_is_chosen() -> None:
    """A star that crosses itself, whose middle is not inside; and lines with level edges."""
    turns = np.arange(5) * 4 * np.pi / 5
    star = np.rint(9000 * np.stack([np.sin(turns), np.cos(turns)], axis=1)).astype(int)
    square = np.array([[-5000, -5000], [5000, -5000], [5000, 5000], [-5000, 5000]])
    random = np.random.default_rng(0)
    places = random.integers(-10_000, 10_001, (300, 2)).astype(np.int16)
    drawn = [random.integers(-12_000, 12_001, (corners, 2)) for corners in (3, 8, 40)]
    for path in (star, square, *drawn):
        inside = np.flatnonzero(slowly_inside(path, places))
        assert chosen_by(path, places).tolist() == inside.tolist() and len(inside)
    assert chosen_by(star, np.array([[0, 0], [0, 8000]], np.int16)).tolist() == [1]
    assert chosen_by(square, np.array([[0, 0], [0, 8000]], np.int16)).tolist() == [0]


def test_one_place_chooses_the_image_that_lies_there() -> None:
    points = np.array([[0.5, 0.5], [0.5, 0.5005], [-1, 1]], dtype=np.float32)
    places = places_on(ImageMap(points, np.arange(3)))
    assert places.tolist() == [[5000, 5000], [5000, 5005], [-10_000, 10_000]]
    for number, place in enumerate(places):
        assert chosen_by(place[None], places).tolist() == [number]
    assert chosen_by(np.array([[-9000, 2000]]), places).tolist() == [2]
