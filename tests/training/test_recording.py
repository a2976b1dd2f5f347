"""Steps that are recorded and repeated are the steps that would have been taken."""

from typing import Any, get_args

import pytest
import torch
from tape import Tape
from tiny import EVERY_AUGMENTATION
from torch._dynamo.utils import counters

from core.data import order
from core.data.dataset import Dataset
from core.recipe import Optimizer, Recipe
from core.training.learner import Learner, Moment
from core.training.recording import compiled

CPU = torch.device("cpu")
EPOCHS, STEPS = 2, 8
DROPPING = {"dropout": 0.5, "family": "convnet", "channels": [4], "dense": [16]}
WAYS: dict[str, dict[str, Any]] = {
    **{
        name: {"optimizer": {"name": name}}
        for name in get_args(Optimizer.model_fields["name"].annotation)
    },
    "decoupled": {"optimizer": {"name": "sgd", "decoupled": True}},
    "dropout": {"model": DROPPING},
    "freezing": {"schedule": {"name": "linear", "freezing": 0.3}},
    "growing pictures": {
        "resolutions": [16, 32],
        "model": {"family": "convnet", "channels": [4], "head": "max"},
    },
    "filtering": {"filtering": 0.7},
    "lookahead and averaging": {"lookahead": 2, "weight_averaging": 0.9},
    "bf16": {"precision": "bf16"},
    "augmentation": {"augmentation": EVERY_AUGMENTATION},
}


@pytest.mark.slow
def test_all_kinds_of_steps_are_compiled_however_many() -> None:
    model = torch.nn.Linear(2, 1)
    forward = compiled(model)
    torch._dynamo.reset()
    before = counters["stats"]["unique_graphs"]
    for count in range(2, 14):
        forward(torch.zeros(count, 2))
    assert counters["stats"]["unique_graphs"] - before == 12


def trained(recipe: Recipe, data: Dataset, tape: Tape | None) -> tuple[list[Any], Learner]:
    """What every step tells, with batches of two sizes, and the learner afterwards."""
    learner = Learner(recipe, data, CPU, recorder=tape)
    told = []
    for step in range(EPOCHS * STEPS):
        epoch = step // STEPS
        batches = order(len(data.train), recipe.seed, epoch).tensor_split(STEPS)
        if learner.pruner is not None and step % STEPS == 0:
            learner.pruner.begin_epoch()
        now = Moment(step, epoch, step / (EPOCHS * STEPS), recipe.optimizer.learning_rate)
        told.append([float(each) for each in learner.step(batches[step % STEPS], now)])
    return told, learner


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_recorded_steps_are_the_same_to_the_bit(
    way: dict[str, Any], tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    recipe = Recipe.parse(tiny_recipe.model_dump() | {"epochs": EPOCHS} | way)
    tape = Tape()
    plain, recorded = trained(recipe, tiny_data, None), trained(recipe, tiny_data, tape)
    assert tape.recorded >= 1
    assert recorded[0] == plain[0]
    for name, value in plain[1].model.state_dict().items():
        assert torch.equal(value, recorded[1].model.state_dict()[name]), name
