"""A layer over a split: against a loop over images, channels and places, and kept by identity."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from core.data.dataset import Dataset
from core.errors import BreakOffError, ConvscopeError
from core.inside.outputs import output_of, step_named
from core.inside.survey import (
    EXCITING,
    NEAREST,
    make_survey,
    nearest_by_cosine,
    stored_survey,
    survey_of,
    survey_path,
)
from core.models import build_model
from core.models.graph import Step, trace
from core.models.network import Network
from core.runs.checkpoint import Card, Checkpoint, save_checkpoint
from tests.tiny import TINY

STEPS = trace(TINY.model, 4)


@pytest.fixture
def network(tiny_data: Dataset) -> Network:
    model = build_model(TINY.model, 4).eval().requires_grad_(False)
    return Network(model, tiny_data.classes, tiny_data.normalisation)


def save(path: Path, data: Dataset, seed: int = 0) -> Path:
    weights = build_model(TINY.model, 4, seed).state_dict()
    save_checkpoint(path, Checkpoint(Card.of(TINY, data), weights))
    return path


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_the_most_exciting_images_are_those_that_a_loop_finds(
    step: Step, network: Network, tiny_data: Dataset
) -> None:
    images = torch.cat([tiny_data.train.images, tiny_data.test.images])  # three batches, one uneven
    found = survey_of(network, images, step)
    outputs = output_of(network.model, network.input(images), step)
    maps = outputs if outputs.dim() == 4 else outputs[:, :, None, None]
    for channel in range(step.shape[0]):
        best = sorted(range(len(images)), key=lambda n: -float(maps[n, channel].max()))[:EXCITING]
        values = found.values[channel]
        torch.testing.assert_close(values, torch.stack([maps[n, channel].max() for n in best]))
        assert set(found.images[channel, :3].tolist()) == set(best[:3])
        for value, image, (row, column) in zip(
            values, found.images[channel], found.places[channel].tolist(), strict=True
        ):
            torch.testing.assert_close(value, maps[image, channel, row, column])


def test_nothing_outside_the_frame_changes_the_value_of_an_exciting_image(
    network: Network, tiny_data: Dataset
) -> None:
    step = step_named(STEPS, "conv2")
    found = survey_of(network, tiny_data.test.images, step)
    for channel in range(step.shape[0]):
        row, column = found.places[channel, 0].tolist()
        top, left, bottom, right = step.sight.box(row, column)
        image = tiny_data.test.images[found.images[channel, 0]].clone()
        covered = torch.zeros_like(image)
        covered[top:bottom, left:right] = image[top:bottom, left:right]
        output = output_of(network.model, network.input(covered[None]), step)
        torch.testing.assert_close(output[0, channel, row, column], found.values[channel, 0])


def test_neighbours_are_those_of_a_loop_over_cosines() -> None:
    features = torch.randn(40, 7, generator=torch.Generator().manual_seed(0))
    numbers, similarities = nearest_by_cosine(features)
    assert numbers.shape == similarities.shape == (40, NEAREST)
    for one in range(40):
        cosines = torch.cosine_similarity(features[one], features, dim=1)
        cosines[one] = -2
        assert numbers[one].tolist() == cosines.argsort(descending=True)[:NEAREST].tolist()
        torch.testing.assert_close(similarities[one], cosines[numbers[one]])


def test_neighbours_go_over_more_images_than_fit_at_once() -> None:
    features = torch.randn(1203, 3, generator=torch.Generator().manual_seed(0))
    numbers, _ = nearest_by_cosine(features)
    cosines = torch.cosine_similarity(features[1100], features, dim=1)
    cosines[1100] = -2
    assert numbers[1100, 0] == cosines.argmax()


def test_a_survey_is_kept_and_taken_for_no_other(tmp_path: Path, tiny_data: Dataset) -> None:
    path = save(tmp_path / "best.safetensors", tiny_data)
    step = step_named(STEPS, "conv2")
    assert stored_survey(path, "test", step) is None
    with pytest.raises(ConvscopeError, match="no split 'tset'; choose one of train, validation"):
        make_survey(path, "tset", "conv2", lambda: tiny_data)  # pyright: ignore[reportArgumentType]
    make_survey(path, "test", "conv2", lambda: tiny_data)
    kept = stored_survey(path, "test", step)
    assert kept is not None and kept.images.shape == (step.shape[0], EXCITING)
    assert stored_survey(path, "validation", step) is None
    survey_path(path, "test", "conv2").rename(survey_path(path, "test", "conv1"))
    assert stored_survey(path, "test", step_named(STEPS, "conv1")) is None
    survey_path(path, "test", "conv1").rename(survey_path(path, "test", "conv2"))
    save(path, tiny_data, seed=1)
    assert stored_survey(path, "test", step) is None


@pytest.mark.parametrize(
    ("name", "spoiled"),
    [
        ("images", lambda value: value + 1000),
        ("images", lambda value: value - 1000),
        ("places", lambda value: value + 100),
        ("values", lambda value: value * torch.nan),
        ("values", lambda value: value[:1]),
        ("nearest", lambda value: value[:, :0]),
    ],
)
def test_a_damaged_survey_is_none(
    name: str, spoiled: Callable[[Tensor], Tensor], tmp_path: Path, tiny_data: Dataset
) -> None:
    path, step = save(tmp_path / "best.safetensors", tiny_data), step_named(STEPS, "conv2")
    make_survey(path, "test", "conv2", lambda: tiny_data)
    stored = survey_path(path, "test", "conv2")
    tensors = load_file(stored)
    with safe_open(stored, framework="pt") as file:
        identity = file.metadata()
    save_file(tensors | {name: spoiled(tensors[name]).contiguous()}, stored, identity)
    assert stored_survey(path, "test", step) is None
    stored.write_bytes(stored.read_bytes()[:-9])
    assert stored_survey(path, "test", step) is None


def test_a_survey_of_other_pictures_or_of_no_layer_is_refused(
    tmp_path: Path, tiny_data: Dataset
) -> None:
    path = save(tmp_path / "best.safetensors", tiny_data)
    with pytest.raises(ConvscopeError, match="does not hold the pictures"):
        make_survey(path, "test", "conv1", lambda: replace(tiny_data, fingerprint="others"))
    with pytest.raises(ConvscopeError, match="no layer 'conv9'"):
        make_survey(path, "test", "conv9", lambda: tiny_data)


def test_a_survey_can_be_broken_off_and_leaves_nothing(tmp_path: Path, tiny_data: Dataset) -> None:
    path = save(tmp_path / "best.safetensors", tiny_data)

    def stop(what: str, _share: float) -> None:
        if what == "Comparing the images":
            raise BreakOffError

    with pytest.raises(BreakOffError):
        make_survey(path, "test", "conv1", lambda: tiny_data, report=stop)
    assert not survey_path(path, "test", "conv1").exists()
