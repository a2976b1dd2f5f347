"""CKA: its value where that is known, against its definition, and kept by identity."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from core.data.dataset import Dataset
from core.errors import BreakOffError, ConvscopeError
from core.inside.outputs import output_of
from core.inside.similarity import (
    ensure_comparable,
    gram,
    grams_of,
    linear_cka,
    make_similarity,
    similarity_path,
    stored_similarity,
)
from core.inside.survey import make_survey
from core.inside.visualise import make_visualisation
from core.models import build_model
from core.models.graph import trace
from core.models.network import Network
from core.recipe import Recipe
from core.runs.checkpoint import Card, Checkpoint, save_checkpoint
from tests.tiny import TINY


def drawn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def cka(a: Tensor, b: Tensor) -> float:
    return float(linear_cka(gram(a)[None], gram(b)[None]))


def test_a_layer_is_like_itself_rotated_and_scaled() -> None:
    features = drawn(60, 8)
    rotation, _ = torch.linalg.qr(drawn(8, 8, seed=1))
    assert cka(features, 3 * features @ rotation + 5) == pytest.approx(1.0, abs=1e-5)


def test_it_is_never_above_one() -> None:
    grams = torch.stack([gram(drawn(200, 40, seed=seed)) for seed in range(20)])
    alike = linear_cka(grams, grams)
    assert alike.dtype == torch.float32 and float(alike.max()) == 1.0
    torch.testing.assert_close(alike.diag(), torch.ones(20))


def test_features_that_have_nothing_in_common_are_not_alike_even_where_they_are_many() -> None:
    """The biased estimate is near 1 there, for many features of few images."""
    values = [cka(drawn(50, 3000, seed=s), drawn(50, 3000, seed=100 + s)) for s in range(5)]
    assert max(abs(value) for value in values) < 0.1


def test_the_estimate_is_that_of_its_definition() -> None:
    """Song et al. 2012, equation 5, by matrix products."""
    a, b = drawn(30, 6), drawn(30, 9, seed=1)
    b[:, :6] += a
    n, ones = 30, torch.ones(30)

    def hsic(k: Tensor, other: Tensor) -> Tensor:
        k, other = k - k.diag().diag(), other - other.diag().diag()
        sums = (ones @ k @ ones) * (ones @ other @ ones) / ((n - 1) * (n - 2))
        return (k @ other).trace() + sums - 2 / (n - 2) * (ones @ k @ other @ ones)

    k, other = a @ a.T, b @ b.T
    expected = hsic(k, other) / (hsic(k, k) * hsic(other, other)).sqrt()
    assert 0.1 < float(expected) < 0.9
    assert cka(a, b) == pytest.approx(float(expected), abs=1e-4)


def test_with_many_images_it_is_the_published_one() -> None:
    """Kornblith et al. 2019, equation 5 with centred features."""
    a = drawn(1500, 5)
    b = a @ drawn(5, 7, seed=1) + drawn(1500, 7, seed=2)
    x, y = a - a.mean(0), b - b.mean(0)
    published = (y.T @ x).norm() ** 2 / ((x.T @ x).norm() * (y.T @ y).norm())
    assert cka(a, b) == pytest.approx(float(published), abs=0.02)


def test_grams_are_of_every_layer(tiny_data: Dataset) -> None:
    model = build_model(TINY.model, 4).eval().requires_grad_(False)
    network = Network(model, tiny_data.classes, tiny_data.normalisation)
    steps, images = trace(TINY.model, 4), tiny_data.test.images
    grams = grams_of(network, images, steps)
    assert grams.shape == (len(steps), 61, 61)
    for step, found in zip(steps, grams, strict=True):
        expected = gram(output_of(model, network.input(images), step))
        torch.testing.assert_close(found, expected / expected.abs().max(), rtol=1e-3, atol=1e-4)


def save(path: Path, data: Dataset, recipe: Recipe = TINY, seed: int = 0) -> Path:
    weights = build_model(recipe.model, len(data.classes), seed).state_dict()
    save_checkpoint(path, Checkpoint(Card.of(recipe, data), weights))
    return path


def test_it_is_kept_and_taken_for_no_other_pair(tmp_path: Path, tiny_data: Dataset) -> None:
    deeper = Recipe.parse(
        TINY.model_dump() | {"model": {"family": "convnet", "channels": [4], "depth": 2}}
    )
    one = save(tmp_path / "one.safetensors", tiny_data)
    two = save(tmp_path / "two.safetensors", tiny_data, deeper)
    assert stored_similarity(one, two) is None
    make_similarity(one, two, lambda: tiny_data)
    kept = stored_similarity(one, two)
    layers = len(trace(TINY.model, 4)), len(trace(deeper.model, 4))
    assert kept is not None and kept.shape == layers and kept.max() <= 1
    assert stored_similarity(two, one) is None
    path = similarity_path(one, two)
    save(two, tiny_data, deeper, seed=1)
    path.rename(similarity_path(one, two))
    assert stored_similarity(one, two) is None


def test_a_network_is_like_itself_layer_by_layer(tmp_path: Path, tiny_data: Dataset) -> None:
    one = save(tmp_path / "one.safetensors", tiny_data)
    make_similarity(one, one, lambda: tiny_data)
    kept = stored_similarity(one, one)
    assert kept is not None
    torch.testing.assert_close(torch.from_numpy(kept).diag(), torch.ones(len(kept)))


def test_networks_of_other_classes_or_data_are_told_apart(
    tmp_path: Path, tiny_data: Dataset
) -> None:
    card = Card.of(TINY, tiny_data)
    with pytest.raises(ConvscopeError, match="know other classes"):
        ensure_comparable(card, card.model_copy(update={"classes": ("a", "b")}))
    with pytest.raises(ConvscopeError, match="other pictures or another split"):
        ensure_comparable(card, card.model_copy(update={"data_fingerprint": "others"}))
    one = save(tmp_path / "one.safetensors", tiny_data)
    with pytest.raises(ConvscopeError, match="does not hold the pictures"):
        make_similarity(one, one, lambda: replace(tiny_data, fingerprint="others"))


def test_what_cannot_be_compared_is_told_and_not_kept(tmp_path: Path, tiny_data: Dataset) -> None:
    few = replace(tiny_data, test=replace(tiny_data.test, images=tiny_data.test.images[:2]))
    one = save(tmp_path / "one.safetensors", few)
    with pytest.raises(ConvscopeError, match="at least four test images"):
        make_similarity(one, one, lambda: few)
    weights = build_model(TINY.model, 4).state_dict()
    huge = {name: each * 1e30 if each.dim() > 1 else each for name, each in weights.items()}
    two = tmp_path / "two.safetensors"
    save_checkpoint(two, Checkpoint(Card.of(TINY, tiny_data), huge))
    for make in (
        lambda: make_similarity(two, two, lambda: tiny_data),
        lambda: make_survey(two, "test", "dense1", lambda: tiny_data),
        lambda: make_visualisation(two, "dense1", 0),
    ):
        with pytest.raises(ConvscopeError, match="its weights are too large"):
            make()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.safetensors", two.name]


def test_it_can_be_broken_off(tmp_path: Path, tiny_data: Dataset) -> None:
    one = save(tmp_path / "one.safetensors", tiny_data)

    def stop(_what: str, share: float) -> None:
        if share > 0.6:
            raise BreakOffError

    with pytest.raises(BreakOffError):
        make_similarity(one, one, lambda: tiny_data, report=stop)
    assert stored_similarity(one, one) is None
