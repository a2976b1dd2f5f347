"""What a recipe costs, told without trying what is too large to be tried."""

import resource
import subprocess
import sys
from types import SimpleNamespace

import psutil
import pytest
import torch

from core.data.dataset import Dataset
from core.errors import ConvscopeError
from core.files import PROJECT
from core.models.summary import summarise
from core.recipe import ConvNet, Optimizer, Recipe, presets
from core.training import speed, train
from core.training.speed import expected_speed, training_bytes

CPU = torch.device("cpu")
HUGE = [
    ConvNet(channels=(1024,), depth=1, dense=(1024, 1024, 1024)),
    ConvNet(channels=(1024,) * 5, depth=4, dense=(1024,) * 3),
    ConvNet(channels=(1024,), depth=4),
]
MEMORY = 2 * 2**30  # bytes that a process may take to tell what a network costs


def test_memory_is_that_of_weights_and_of_what_layers_put_out() -> None:
    recipe = Recipe(model=ConvNet(channels=(4,), depth=1, batch_norm=False, head="average"))
    # A convolution of 108 weights and 4 biases on 32x32 places, a dense layer of 40 and 10.
    parameters, outputs = 108 + 4 + 40 + 10, 4 * 32 * 32 + 10
    summary = summarise(recipe.model, 10)
    assert training_bytes(summary, recipe, 5) == 4 * (3 * parameters + 5 * outputs)
    adam = recipe.model_copy(update={"optimizer": Optimizer(name="adam")})
    assert training_bytes(summary, adam, 5) == 4 * (4 * parameters + 5 * outputs)


@pytest.mark.parametrize("name", presets())
def test_every_preset_is_tried(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "training_speed", lambda *_: 100.0)
    assert expected_speed(presets()[name], 10, CPU) == speed.Speed(100.0, tried=True)


@pytest.mark.parametrize("model", HUGE, ids=["wide", "deep", "early"])
def test_a_huge_network_is_reckoned_from_a_known_one(
    model: ConvNet, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = presets()[speed.KNOWN].model
    tried = []

    def measured(recipe: Recipe, *_: object) -> float:
        tried.append(recipe.model)
        return 100.0

    monkeypatch.setattr(speed, "training_speed", measured)
    found = expected_speed(Recipe(model=model), 10, CPU)
    assert tried == [known] and not found.tried
    ratio = summarise(known, 10).flops / summarise(model, 10).flops
    assert found.images_per_second == pytest.approx(100.0 * ratio)


def test_a_trial_with_one_thread_leaves_the_others_to_who_asked(tiny_recipe: Recipe) -> None:
    torch.set_num_threads(2)
    assert speed.training_speed(tiny_recipe, 10, CPU) > 0
    assert torch.get_num_threads() == 2


TELL = """
import sys, torch
from core.recipe import Recipe
from core.training.speed import expected_speed
expected_speed(Recipe.from_json(sys.argv[1]), 10, torch.device("cpu"))
"""


def test_telling_what_a_huge_network_costs_takes_no_huge_memory() -> None:
    recipe = Recipe(model=HUGE[0], precision="fp32").to_json()
    done = subprocess.run(
        [sys.executable, "-c", TELL, recipe],
        cwd=PROJECT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY)),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_training_refuses_what_cannot_fit_with_figures(
    tiny_data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = Recipe(batch_size=512, model=HUGE[0])
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=3e9))
    with pytest.raises(ConvscopeError) as refused:
        train(recipe, tiny_data, device=CPU)
    # 270.6 M parameters, 1,052,682 numbers an image: 4 * (3 * 270.6 M + 203 * 1.05 M) bytes, as
    # there are no more images than that for a batch of 512.
    assert "needs at least 4.1 GB to train with a batch size of 203" in str(refused.value)
