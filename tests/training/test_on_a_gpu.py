"""Training and evaluation on a fake GPU: nothing waits for it, nothing mixes it with the CPU."""

from typing import Any, get_args

import pytest
import torch
from fake_cuda import CUDA, fake_cuda
from tiny import EVERY_AUGMENTATION
from torch._subclasses.fake_tensor import DataDependentOutputException

from core.data import order
from core.data.dataset import Dataset, Normalisation, Split
from core.models import build_model
from core.models.network import Network
from core.recipe import ConvNet, Optimizer, Recipe, presets
from core.training.learner import Learner, Moment

pytestmark = pytest.mark.slow

NORMALISATION = Normalisation((0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
OPTIMIZERS = get_args(Optimizer.model_fields["name"].annotation)
DECOUPLED = {"name": "sgd", "decoupled": True}
OPTIONS: dict[str, dict[str, Any]] = {
    "lookahead and averaging": {"lookahead": 2, "weight_averaging": 0.9},
    "filtering": {"filtering": 0.7},
    "freezing": {"schedule": {"freezing": 0.3}},
    "restart": {"schedule": {"name": "linear", "restart": 1}},
    "augmentation and dropout": {
        "augmentation": EVERY_AUGMENTATION,
        "model": {"family": "convnet", "channels": [4], "dense": [16], "dropout": 0.5},
    },
    "bf16": {"precision": "bf16"},
    "automatic precision": {"precision": "auto"},
}


def pictures() -> Dataset:
    def split(count: int) -> Split:
        return Split(torch.zeros(count, 32, 32, 3, dtype=torch.uint8), torch.arange(count) % 4)

    classes = ("a", "b", "c", "d")
    return Dataset("fake", classes, split(120), split(600), split(50), NORMALISATION, "fake")


def run(recipe: Recipe, patch: pytest.MonkeyPatch) -> None:
    """Two epochs of three steps each, then everything that is asked of a learner."""
    with fake_cuda(patch):
        learner = Learner(recipe, pictures(), CUDA)
        for epoch in range(2):
            indices = order(120, recipe.seed, epoch).to(CUDA)
            if learner.pruner is not None:
                learner.pruner.begin_epoch()
                indices = learner.pruner.pick(indices)
            for number, batch in enumerate(indices.tensor_split(3)):
                step = 3 * epoch + number
                told = learner.step(batch, Moment(step, epoch, step / 6, rate=0.1))
                assert [(each.device.type, each.shape) for each in told] == [("cuda", ())] * 3
            learner.end_epoch(recipe.schedule.restart if epoch == 0 else recipe.epochs)
            assert learner._evaluate().device.type == "cuda"
        assert all(parameter.device.type == "cuda" for parameter in learner.model.parameters())
        saved = (learner.model.state_dict(), learner.optimizer_tensors(), learner.memory_tensors())
        model, optimizer, memory = saved
        average = learner.evaluated_weights() if learner.average else {}
        Learner(recipe, pictures(), CUDA).restore(model, optimizer, average, memory)


def changed(recipe: Recipe, **fields: Any) -> Recipe:
    return Recipe.parse(recipe.model_dump() | fields)


def narrow(recipe: Recipe) -> Recipe:
    """With the same layers but fewer channels, as each is initialised by itself, which takes fake
    tensors long."""
    model = recipe.model
    if isinstance(model, ConvNet):
        model = model.model_copy(update={"channels": tuple(n // 4 for n in model.channels)})
    return recipe.model_copy(update={"model": model})


PRESETS = {name: narrow(recipe) for name, recipe in presets().items()}
MODELS = {recipe.model: name for name, recipe in PRESETS.items()}  # each once


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_takes_steps(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run(PRESETS[name], monkeypatch)


@pytest.mark.parametrize("options", [*({"name": name} for name in OPTIMIZERS), DECOUPLED])
def test_every_optimizer_takes_steps(
    options: dict[str, Any], tiny_recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(changed(tiny_recipe, optimizer=options), monkeypatch)


@pytest.mark.parametrize("change", OPTIONS.values(), ids=OPTIONS)
def test_every_option_of_a_step_works(
    change: dict[str, Any], tiny_recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(changed(tiny_recipe, **change), monkeypatch)


def test_a_step_that_asked_for_a_value_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_cuda(monkeypatch):
        learner = Learner(presets()["shapes-quick"], pictures(), CUDA)
        with pytest.raises(DataDependentOutputException):
            learner.validate()  # tells the figures, so it waits; only training must not
        with pytest.raises(RuntimeError, match="device"):
            learner.model(torch.zeros(2, 3, 32, 32))


@pytest.mark.parametrize("tta", [False, True])
@pytest.mark.parametrize("name", MODELS.values())
def test_every_network_is_evaluated(name: str, tta: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_cuda(monkeypatch):
        model = build_model(PRESETS[name].model, 10).to(CUDA).eval()
        network = Network(model, tuple("abcdefghij"), NORMALISATION)
        images = torch.zeros(7, 32, 32, 3, dtype=torch.uint8)
        logits = network.logits(images, batch_size=5, tta=tta)
        assert (logits.device.type, logits.shape) == ("cpu", (7, 10))
