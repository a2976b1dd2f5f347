"""A run that was stopped or paused goes on as if it never had been."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from core.data.dataset import Dataset
from core.recipe import Recipe
from core.training import Control, events, load_state, save_state, train
from tests.trainings import StopAfter, changed, epochs_of, last_state

pytestmark = pytest.mark.slow

CPU = torch.device("cpu")


def assert_equal(ours: dict[str, Tensor], theirs: dict[str, Tensor]) -> None:
    assert ours.keys() == theirs.keys()
    for name in ours:
        assert torch.equal(ours[name], theirs[name]), name


@pytest.mark.parametrize(
    "change",
    [
        {"optimizer": {"name": "sgd", "momentum": 0.9}},
        {"optimizer": {"name": "adam", "learning_rate": 0.01}},
        {"optimizer": {"name": "adamw", "learning_rate": 0.01}, "weight_averaging": 0.9},
        {"schedule": {"name": "plateau", "every": 1}, "model": {"dropout": 0.3}},
        {"augmentation": {"cutout": 8, "erasing": 0.5, "zoom": 0.3}},
        {"optimizer": {"name": "muon"}, "filtering": 0.7, "model": {"whitening": 2}},
        {"lookahead": 4, "schedule": {"freezing": 0.3}, "augmentation": {"alternating_flip": True}},
        {"schedule": {"restart": 1}},
        {
            "resolutions": [16, 32],
            "model": {"head": "max", "whitening": 2},
            "schedule": {"whitening_freezing": 0.4},
        },
    ],
    ids=[
        "sgd",
        "adam",
        "averaged adamw",
        "plateau and dropout",
        "augmentation",
        "muon, filtering, whitening",
        "lookahead, freezing, alternating flip",
        "restart",
        "resolutions and a whitening that freezes",
    ],
)
@pytest.mark.parametrize("stop_after", [3, 7, 10])
def test_a_resumed_run_ends_with_exactly_the_unbroken_weights(
    change: dict[str, Any],
    stop_after: int,
    tiny_recipe: Recipe,
    tiny_data: Dataset,
    tmp_path: Path,
) -> None:
    recipe = changed(tiny_recipe, **change)
    unbroken_told = list(train(recipe, tiny_data, device=CPU))
    unbroken = last_state(unbroken_told)
    control = StopAfter(stop_after)
    told = list(train(recipe, tiny_data, control, CPU))
    assert isinstance(told[-1], events.Stopped)
    broken = last_state(told)
    assert broken.step == stop_after
    save_state(tmp_path / "state.safetensors", broken)
    state = load_state(tmp_path / "state.safetensors")
    resumed_told = list(train(recipe, tiny_data, device=CPU, state=state))
    resumed = last_state(resumed_told)
    assert_equal(resumed.model, unbroken.model)
    assert_equal(resumed.best_weights, unbroken.best_weights)
    assert resumed.best == unbroken.best
    for ours, theirs in zip(epochs_of(told + resumed_told), epochs_of(unbroken_told), strict=True):
        assert ours.train_loss == pytest.approx(theirs.train_loss, rel=1e-9)
        assert ours.train_accuracy == pytest.approx(theirs.train_accuracy)
        assert ours.validation_loss == theirs.validation_loss


@pytest.mark.parametrize("precision", ["bf16", "fp32"])
def test_a_resumed_run_goes_on_in_its_precision_whatever_auto_says_now(
    precision: str, tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    begun = changed(tiny_recipe, precision=precision)
    state = last_state(list(train(begun, tiny_data, StopAfter(10), CPU)))
    automatic = changed(tiny_recipe, precision="auto")
    told = list(train(automatic, tiny_data, device=CPU, state=state))
    started = told[0]
    assert isinstance(started, events.Started)
    assert started.precision == last_state(told).precision == precision
    unbroken = last_state(list(train(begun, tiny_data, device=CPU)))
    assert_equal(last_state(told).model, unbroken.model)


def test_a_resumed_run_tells_its_best_weights_once_before_anything_is_saved(
    tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    """What was stored since the snapshot may be of epochs that are now trained again."""
    state = last_state(list(train(tiny_recipe, tiny_data, StopAfter(10), CPU)))
    told = list(train(tiny_recipe, tiny_data, StopAfter(2), CPU, state))
    kinds = [type(event) for event in told]
    assert kinds.count(events.BestWeights) == 1
    assert kinds.index(events.BestWeights) < kinds.index(events.Snapshot)
    best = told[kinds.index(events.BestWeights)]
    assert isinstance(best, events.BestWeights)
    assert best.epoch == state.best.epoch == 1
    assert_equal(best.weights, state.best_weights)


def test_pausing_saves_and_waits_and_changes_nothing(
    tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    unbroken = last_state(list(train(tiny_recipe, tiny_data, device=CPU)))
    control = Control()
    control.pause()
    run = train(tiny_recipe, tiny_data, control, CPU)
    told = [next(run) for _ in range(3)]
    assert [type(event) for event in told] == [events.Started, events.Snapshot, events.Paused]
    control.resume()
    told += list(run)
    assert isinstance(told[3], events.Resumed)
    assert_equal(last_state(told).model, unbroken.model)
