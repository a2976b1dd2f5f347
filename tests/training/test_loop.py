"""What anyone who iterates over `train` can rely on."""

from dataclasses import replace
from typing import Any, get_args

import pytest
import torch

from core.data.dataset import Dataset, Split
from core.recipe import Optimizer, Recipe, Schedule
from core.training import events, train
from core.training.learner import Learner, Moment
from tests.trainings import StopAfter, changed, epochs_of, last_state

CPU = torch.device("cpu")


def test_events_come_in_order_and_count_every_step(tiny_recipe: Recipe, tiny_data: Dataset) -> None:
    told = list(train(tiny_recipe, tiny_data, device=CPU))
    started = told[0]
    assert isinstance(started, events.Started)
    assert (started.steps_per_epoch, started.total_steps) == (7, 21)  # 203 images in 32s
    steps = [event for event in told if isinstance(event, events.Steps)]
    assert [number for s in steps for number in range(s.first, s.first + len(s.loss))] == list(
        range(21)
    )
    assert [epoch.epoch for epoch in epochs_of(told)] == [1, 2, 3]
    assert told[-1] == events.Finished(epochs=3, stopped_early=False)


@pytest.mark.parametrize("schedule", get_args(Schedule.model_fields["name"].annotation))
@pytest.mark.parametrize("optimizer", get_args(Optimizer.model_fields["name"].annotation))
def test_every_optimizer_learns_under_every_schedule(
    optimizer: str, schedule: str, tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    recipe = changed(
        tiny_recipe,
        epochs=4,
        optimizer={"name": optimizer, "learning_rate": 0.005},
        schedule={"name": schedule, "every": 2},
    )
    first, *_, last = epochs_of(list(train(recipe, tiny_data, device=CPU)))
    assert last.train_loss < 0.8 * first.train_loss


@pytest.mark.parametrize(
    "model",
    [
        {"family": "convnet", "channels": [4], "depth": 1, "pooling": "stride", "head": "average"},
        {"family": "convnet", "channels": [4], "batch_norm": False, "activation": "tanh"},
        {"family": "vgg", "width": 0.125, "dense": [16]},
        {"family": "resnet18"},
        {"family": "mobilenetv2", "width": 0.25},
    ],
    ids=lambda model: model["family"],
)
def test_every_family_trains(
    model: dict[str, Any], tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    few = replace(tiny_data, train=Split(tiny_data.train.images[:33], tiny_data.train.labels[:33]))
    recipe = Recipe.parse(tiny_recipe.model_dump() | {"epochs": 1, "model": model})
    told = list(train(recipe, few, device=CPU))
    assert isinstance(told[-1], events.Finished)


def test_filtered_epochs_are_shorter_and_their_figures_are_of_the_images_seen(
    tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    told = list(train(changed(tiny_recipe, filtering=0.6, batch_size=128), tiny_data, device=CPU))
    started = told[0]
    assert isinstance(started, events.Started)
    assert started.steps_per_epoch == 1  # 0.6 * 203 = 122 images
    steps = [event for event in told if isinstance(event, events.Steps)]
    for step, epoch in zip(steps, epochs_of(told), strict=True):
        assert epoch.train_loss == pytest.approx(step.loss[0], rel=1e-6)


def test_frozen_layers_stay_as_they_are_and_the_last_learns_to_the_end(
    tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    recipe = changed(tiny_recipe, epochs=4, schedule={"freezing": 0.5})
    half_way = last_state(list(train(recipe, tiny_data, StopAfter(2 * 7), CPU)))
    end = last_state(list(train(recipe, tiny_data, device=CPU, state=half_way)))
    names = list(Learner(recipe, tiny_data, CPU).model.state_dict())
    first, last = names[0], names[-1]
    assert torch.equal(half_way.model[first], end.model[first])
    assert not torch.equal(half_way.model[last], end.model[last])


def test_epoch_figures_are_means_over_images_not_over_batches(
    tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    told = list(train(changed(tiny_recipe, epochs=1, batch_size=128), tiny_data, device=CPU))
    steps = [event for event in told if isinstance(event, events.Steps)]
    losses = [loss for event in steps for loss in event.loss]
    assert len(losses) == 2  # batches of 102 and 101 images
    expected = (102 * losses[0] + 101 * losses[1]) / 203
    assert epochs_of(told)[0].train_loss == pytest.approx(expected, rel=1e-6)


def test_the_best_weights_are_those_of_the_best_validation_epoch(
    tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    told = list(train(changed(tiny_recipe, epochs=5), tiny_data, device=CPU))
    best = [event for event in told if isinstance(event, events.BestWeights)][-1]
    accuracies = [epoch.validation_accuracy for epoch in epochs_of(told)]
    assert best.validation_accuracy == max(accuracies)
    assert best.epoch == accuracies.index(max(accuracies)) + 1
    learner = Learner(tiny_recipe, tiny_data, CPU)
    learner.model.load_state_dict(best.weights)
    assert learner.validate()[1] == pytest.approx(best.validation_accuracy)


def test_the_test_images_are_never_looked_at(tiny_recipe: Recipe, tiny_data: Dataset) -> None:
    class Untouchable:
        def __getattr__(self, name: str) -> None:
            raise AssertionError(f"training looked at the test split's {name}")

    sealed = replace(tiny_data, test=Untouchable())  # pyright: ignore[reportArgumentType]
    assert isinstance(list(train(tiny_recipe, sealed, device=CPU))[-1], events.Finished)


def test_training_stops_early_when_validation_no_longer_improves(
    tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    frozen = changed(
        tiny_recipe,
        epochs=30,
        optimizer={"learning_rate": 1e-5, "momentum": 0.0},
        early_stopping={"patience": 2, "metric": "accuracy"},
        model={"batch_norm": False},
    )
    told = list(train(frozen, tiny_data, device=CPU))
    ended = told[-1]
    assert isinstance(ended, events.Finished) and ended.stopped_early
    best = [event for event in told if isinstance(event, events.BestWeights)][-1]
    assert ended.epochs == best.epoch + 2


def test_a_non_finite_loss_never_touches_the_weights(
    tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    learner = Learner(tiny_recipe, tiny_data, CPU)
    images = torch.arange(32)
    learner.step(images, Moment(0, 0, 0.0, rate=0.1))
    before = {name: p.detach().clone() for name, p in learner.model.named_parameters()}
    with torch.no_grad():
        next(learner.model.parameters())[0, 0, 0, 0] = float("inf")
    poisoned = next(learner.model.parameters()).detach().clone()
    loss, _, _ = learner.step(images, Moment(1, 0, 0.0, rate=0.1))
    assert not torch.isfinite(loss)
    name, *others = before
    assert torch.equal(dict(learner.model.named_parameters())[name], poisoned)
    for other in others:
        assert torch.equal(dict(learner.model.named_parameters())[other], before[other]), other


@pytest.mark.filterwarnings("ignore")
def test_divergence_is_told_with_its_step_and_is_never_the_best(
    tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    wild = changed(
        tiny_recipe,
        optimizer={"learning_rate": 5.0, "momentum": 0.99},
        schedule={"name": "constant", "warmup": 0.0},
        model={"batch_norm": False, "channels": [64, 64], "depth": 3},
    )
    told = list(train(wild, tiny_data, device=CPU))
    end = told[-1]
    assert isinstance(end, events.Diverged)
    assert f"step {end.step:,}" in end.reason and "learning rate" in end.reason
    steps = [event for event in told if isinstance(event, events.Steps)]
    assert end.step >= sum(len(event.loss) for event in steps)
    for event in told:
        if isinstance(event, events.BestWeights):
            assert all(torch.isfinite(value).all() for value in event.weights.values())
