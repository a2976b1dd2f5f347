"""The loop's parts, by values worked out by hand."""

from pathlib import Path

import pytest
import torch
from torch import nn

from core.errors import ConvscopeError
from core.machine import free_threads
from core.recipe import Recipe, Schedule
from core.training import load_state, save_state, train
from core.training.averaging import WeightAverage
from core.training.best import BestSoFar
from core.training.events import Snapshot
from core.training.schedules import Plateau, rate_factor


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (Schedule(name="constant", warmup=0.0), [1, 1, 1, 1, 1, 1, 1, 1]),
        (Schedule(name="linear", warmup=0.5), [0.25, 0.5, 0.75, 1, 1, 0.75, 0.5, 0.25]),
        (
            Schedule(name="step", warmup=0.0, every=1, factor=0.5),
            [1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125],
        ),
        (Schedule(name="cosine", warmup=0.5), [0.25, 0.5, 0.75, 1, 1, 0.853553, 0.5, 0.146447]),
        (
            Schedule(name="one_cycle", warmup=0.25),
            [0.52, 1, 1, 0.933013, 0.75, 0.5, 0.25, 0.066987],
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Schedule) else "",
)
def test_learning_rate_factors_of_eight_steps_in_four_epochs(
    schedule: Schedule, expected: list[float]
) -> None:
    factors = [rate_factor(schedule, step, total_steps=8, steps_per_epoch=2) for step in range(8)]
    assert factors == pytest.approx(expected, abs=1e-5)


def test_plateau_drops_after_patience_epochs_without_progress() -> None:
    plateau = Plateau(patience=2, drop=0.1)
    factors = []
    for loss in (1.0, 0.9, 0.9, 0.95, 0.8, 0.8, 0.8):
        plateau.observe(loss)
        factors.append(plateau.factor)
    assert factors == pytest.approx([1, 1, 1, 0.1, 0.1, 0.1, 0.01])


def test_the_best_epoch_ignores_ties_and_nan() -> None:
    best = BestSoFar("loss", patience=2)
    assert best.observe(1, accuracy=0.5, loss=1.0)
    assert not best.observe(2, accuracy=0.9, loss=1.0)
    assert not best.observe(3, accuracy=0.9, loss=float("nan"))
    assert best.epoch == 1 and best.accuracy == 0.5
    assert not best.exhausted(2) and best.exhausted(3)


def test_the_weight_average_follows_its_formula() -> None:
    model = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        model.weight.fill_(0.0)
    average = WeightAverage(model, decay=0.5)
    expected = 0.0
    for step, value in enumerate((1.0, 2.0, 3.0)):
        with torch.no_grad():
            model.weight.fill_(value)
        average.update(step)
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * value
    assert average.weights["weight"].item() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("taken", "threads"), [(-0.1, 4), (0.0, 4), (0.5, 4), (0.8, 3), (1.1, 3), (2.9, 1), (9.0, 1)]
)
def test_threads_leave_cores_to_programs_that_use_them(taken: float, threads: int) -> None:
    assert free_threads(4, taken) == threads


def test_a_damaged_state_is_refused_in_a_sentence(
    tmp_path: Path, tiny_recipe: Recipe, tiny_data: object
) -> None:
    told = train(tiny_recipe, tiny_data)  # pyright: ignore[reportArgumentType]
    state = next(event.state for event in told if isinstance(event, Snapshot))
    path = tmp_path / "state.safetensors"
    save_state(path, state)
    assert load_state(path).step == state.step
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ConvscopeError, match="damaged"):
        load_state(path)
