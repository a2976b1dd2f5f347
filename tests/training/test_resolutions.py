"""Images that grow while a network learns."""

from dataclasses import replace

import pytest
import torch

from core.data.dataset import Dataset
from core.models.network import Network
from core.recipe import Recipe
from core.runs.store import RunStore
from core.training.learner import Learner, Moment, resized
from core.training.speed import expected_seconds
from tests.trainings import changed

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("epochs", "resolutions", "sides"),
    [
        (6, [16, 24, 32], [16, 16, 24, 24, 32, 32]),
        (4, [16, 24, 32], [16, 24, 32, 32]),
        (3, [16, 16, 16, 24, 24, 32], [16, 24, 32]),
        (1, [16, 32], [32]),
        (3, [32], [32, 32, 32]),
    ],
)
def test_resolutions_are_spread_over_the_epochs_and_the_last_one_comes(
    tiny_recipe: Recipe, epochs: int, resolutions: list[int], sides: list[int]
) -> None:
    recipe = growing(tiny_recipe, epochs, resolutions)
    assert [recipe.resolution(epoch) for epoch in range(epochs)] == sides


def test_the_network_is_shown_images_of_each_epochs_size(
    tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    recipe = growing(tiny_recipe, 3, [16, 24, 32])
    learner = Learner(recipe, tiny_data, CPU)
    shown: list[torch.Size] = []
    learner.model.register_forward_pre_hook(lambda _model, given: shown.append(given[0].shape))
    for epoch in range(3):
        learner.step(torch.arange(8), Moment(epoch, epoch, epoch / 3, rate=0.01))
    assert [tuple(shape) for shape in shown] == [(8, 3, side, side) for side in (16, 24, 32)]
    learner.validate()
    assert set(shown[3:]) == {torch.Size((len(tiny_data.validation), 3, 32, 32))}


def test_a_shrunk_image_shows_the_same_thing(tiny_data: Dataset) -> None:
    network = Network(torch.nn.Linear(1, 1), tiny_data.classes, tiny_data.normalisation)
    images = network.input(tiny_data.train.images[:4])
    assert resized(images, 32) is images
    halved = torch.nn.functional.avg_pool2d(images, 2)
    torch.testing.assert_close(resized(images, 16), halved)
    assert resized(images, 24).is_contiguous(memory_format=torch.channels_last)


def test_what_is_left_is_told_by_what_the_sizes_cost(tiny_recipe: Recipe, store: RunStore) -> None:
    recipe = growing(tiny_recipe, 4, [16, 32])  # epochs of a quarter, a quarter, one and one
    assert recipe.effort(3.5) == pytest.approx(2.0)
    run = replace(
        store.get(store.create(recipe)),
        steps_per_epoch=10, total_steps=40, done_steps=20, seconds=5.0,
    )  # fmt: skip
    assert run.seconds_left == pytest.approx(20.0)
    plain = growing(tiny_recipe, 4, [32])
    ours, theirs = expected_seconds(recipe, 100.0), expected_seconds(plain, 100.0)
    assert ours is not None and theirs is not None
    assert ours == pytest.approx(theirs * 2.5 / 4)


def growing(recipe: Recipe, epochs: int, resolutions: list[int]) -> Recipe:
    return changed(recipe, epochs=epochs, resolutions=resolutions, model={"head": "average"})
