import pytest
import torch
from torch import nn

from core.training.averaging import Lookahead, StochasticWeightAverage, WeightAverage


def test_follows_the_weights_as_a_direct_loop_does() -> None:
    linear, norm = nn.Linear(3, 2), nn.BatchNorm1d(2)
    average = WeightAverage(nn.Sequential(linear, norm), decay=0.3)
    weight, running = linear.weight, norm.running_mean
    assert running is not None
    expected_weight, expected_running = weight.detach().clone(), running.clone()
    for step in range(6):
        with torch.no_grad():
            weight.copy_(torch.full((2, 3), float(step)))
            running.copy_(torch.tensor([1.0, -1.0]) * step)
        average.seek(step)
        average.update()
        # Limited by (1 + step) / (10 + step): 1/10, 2/11, 3/12, then 4/13 is above 0.3.
        decay = [0.1, 2 / 11, 0.25, 0.3, 0.3, 0.3][step]
        expected_weight = decay * expected_weight + (1 - decay) * weight.detach()
        expected_running = decay * expected_running + (1 - decay) * running
    torch.testing.assert_close(average.weights["0.weight"], expected_weight)
    torch.testing.assert_close(average.weights["1.running_mean"], expected_running)


def test_leaves_the_model_alone() -> None:
    model = nn.Linear(3, 2)
    before = model.weight.detach().clone()
    average = WeightAverage(model, decay=0.9)
    average.weights["weight"].zero_()
    average.seek(0)
    average.update()
    assert torch.equal(model.weight, before)


def test_descents_join_half_way_with_the_statistics_of_the_images_they_are_given() -> None:
    layer, norm = nn.Conv2d(1, 1, 1, bias=False), nn.BatchNorm2d(1)
    model, swa = nn.Sequential(layer, norm).eval(), StochasticWeightAverage()
    nn.init.constant_(layer.weight, 1.0)
    swa.keep(model)
    nn.init.constant_(layer.weight, 4.0)
    images = torch.randn(40, 1, 5, 5) + 3.0
    swa.join(model, images.split(20))
    assert layer.weight.item() == 2.5
    assert norm.running_mean is not None
    assert norm.running_mean.item() == pytest.approx(2.5 * images.mean().item(), rel=1e-5)
    assert norm.momentum == 0.1
    assert not model.training


def test_lookahead_goes_back_half_the_way_every_few_steps() -> None:
    layer = nn.Linear(1, 1, bias=False)
    nn.init.constant_(layer.weight, 1.0)
    ahead = Lookahead(layer, every=2)
    seen = []
    for step in range(4):
        with torch.no_grad():
            layer.weight += 1.0
        ahead.update(step)
        seen.append(layer.weight.item())
    # From 1: 2, 3 and back to 2; then 3, 4 and back to 3.
    assert seen == [2.0, 2.0, 3.0, 3.0]
