"""Starting from what another network has learned."""

from collections.abc import Callable

import pytest
import torch
from torch import nn
from torchvision.models import mobilenet_v2, resnet18

from core.data.dataset import Dataset
from core.errors import ConvscopeError
from core.models import build_model
from core.recipe import ConvNet, MobileNet, Model, Recipe, ResNet, Start
from core.training import events, train
from core.training.transfer import adopt, freeze

CPU = torch.device("cpu")


def started_from(recipe: Recipe, frozen: int) -> Recipe:
    start = Start(source="checkpoint", path="x.safetensors", frozen=frozen)
    return recipe.model_copy(update={"start": start})


def last_weights(recipe: Recipe, data: Dataset, start: dict | None) -> dict:
    *_, best = (
        event
        for event in train(recipe, data, device=CPU, start=start)
        if isinstance(event, events.BestWeights)
    )
    return best.weights


def test_layers_come_along_and_a_head_for_other_classes_stays_fresh():
    model, other = (build_model(ConvNet(channels=(4, 8), depth=1), n, seed=n) for n in (3, 7))
    fresh = [value.clone() for value in list(model.state_dict().values())[-2:]]
    assert adopt(model, other.state_dict()) == 2
    for name, value in list(model.state_dict().items())[:-2]:
        assert torch.equal(value, other.state_dict()[name])
    for before, after in zip(fresh, list(model.state_dict().values())[-2:], strict=True):
        assert torch.equal(before, after)


@pytest.mark.parametrize(
    ("ours", "theirs", "layers"), [(ResNet(), resnet18, 19), (MobileNet(), mobilenet_v2, 52)]
)
def test_imagenets_convolutions_come_along_where_they_fit(
    ours: Model, theirs: Callable[[], nn.Module], layers: int
):
    """All but the 1,000 class scores, and ResNet's first convolution, which is 7x7 there."""
    assert adopt(build_model(ours, 10), theirs().state_dict()) == layers


def test_a_network_of_another_kind_is_refused():
    model = build_model(ConvNet(channels=(4,), depth=1), 10)
    other = build_model(ConvNet(channels=(8,), depth=1), 10)
    with pytest.raises(ConvscopeError, match="has no convolution like this recipe's"):
        adopt(model, other.state_dict())


def test_frozen_layers_keep_their_weights_and_the_others_learn(
    tiny_recipe: Recipe, tiny_data: Dataset
):
    source = build_model(tiny_recipe.model, 4, seed=9).state_dict()
    after = last_weights(started_from(tiny_recipe, frozen=1), tiny_data, source)
    assert torch.equal(after["0.weight"], source["0.weight"])
    assert torch.equal(after["1.weight"], source["1.weight"])
    assert not torch.equal(after["1.running_mean"], source["1.running_mean"])
    learned = [n for n, v in after.items() if v.ndim >= 2 and not torch.equal(v, source[n])]
    assert len(learned) == 2  # the second convolution and the head


def test_what_was_learned_before_shows_in_the_first_epoch(tiny_recipe: Recipe, tiny_data: Dataset):
    learned = last_weights(tiny_recipe.model_copy(update={"epochs": 8}), tiny_data, start=None)
    short = started_from(tiny_recipe.model_copy(update={"epochs": 1}), frozen=0)
    ended = list(train(short, tiny_data, device=CPU, start=learned))
    first = next(event for event in ended if isinstance(event, events.EpochEnded))
    assert first.train_accuracy > 0.8  # four classes; fresh weights begin at a quarter


def test_freezing_everything_is_refused():
    model = build_model(ConvNet(channels=(4,), depth=1), 10)
    with pytest.raises(ConvscopeError, match="leave it at least one to learn"):
        freeze(model, 2)
    assert all(parameter.requires_grad for parameter in nn.ParameterList(model.parameters()))
