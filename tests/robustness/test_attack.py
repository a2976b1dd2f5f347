"""Projected gradient descent: as strong as can be where that is known, and within its bounds."""

import pytest
import torch
from torch import Tensor, nn

from core.data.dataset import Normalisation
from core.errors import BreakOffError
from core.models.network import Network
from core.robustness.attack import EPSILONS, Attack, attacked, right_under_attack

NORMALISATION = Normalisation((0.4, 0.5, 0.6), (0.2, 0.25, 0.3))
EXACT = 1e-6


@pytest.fixture
def linear() -> Network:
    """Two classes, told apart by a plane through the space of pictures."""
    generator = torch.Generator().manual_seed(0)
    layer = nn.Linear(3072, 2)
    with torch.no_grad():
        layer.weight.copy_(torch.randn(2, 3072, generator=generator) / 100)
        layer.bias.zero_()
    model = nn.Sequential(nn.Flatten(), layer).eval()
    return Network(model, ("one", "other"), NORMALISATION)


@pytest.fixture
def pictures() -> Tensor:
    """Far from black and white, so that nothing is clipped."""
    generator = torch.Generator().manual_seed(1)
    return torch.randint(40, 216, (60, 32, 32, 3), generator=generator).byte()


def plane(network: Network) -> Tensor:
    """How the margin of class 1 over class 0 changes with each value: float32 [32, 32, 3]."""
    one, other = network.model[1].weight.detach()  # pyright: ignore[reportIndexIssue]
    by_channel = (other - one).view(3, 32, 32) / torch.tensor(NORMALISATION.std).view(3, 1, 1)
    return by_channel.permute(1, 2, 0)


@pytest.mark.parametrize("levels", EPSILONS[1:])
def test_reaches_the_worst_case_of_a_linear_network(
    linear: Network, pictures: Tensor, levels: int
) -> None:
    scores = linear.logits(pictures)
    labels, margin = scores.argmax(1), (scores[:, 1] - scores[:, 0]).abs()
    worst = margin - levels / 255 * plane(linear).abs().sum()
    found, right = attacked(linear, pictures, labels, levels)
    assert torch.equal(right, worst > 0)
    side = (1 - 2 * labels.float())[:, None, None, None]
    corner = pictures / 255 + levels / 255 * side * plane(linear).sign()
    torch.testing.assert_close(found[right], corner[right], rtol=0, atol=EXACT)


def test_some_fall_and_some_stand(linear: Network, pictures: Tensor) -> None:
    """Or the test above would say little."""
    labels = linear.logits(pictures).argmax(1)
    stand = [int(right_under_attack(linear, pictures, labels, e).sum()) for e in EPSILONS]
    assert stand[0] == 60 > stand[1] > stand[2] and stand == sorted(stand, reverse=True)


def test_nothing_is_changed_at_epsilon_0(linear: Network, pictures: Tensor) -> None:
    labels = torch.arange(60) % 2
    found, right = attacked(linear, pictures, labels, 0)
    assert torch.equal(right, linear.logits(pictures).argmax(1) == labels)
    assert torch.equal(found, pictures / 255)


@pytest.mark.parametrize("levels", EPSILONS)
def test_pictures_stay_within_epsilon_and_between_black_and_white(
    linear: Network, levels: int
) -> None:
    generator = torch.Generator().manual_seed(2)
    extreme = 255 * torch.randint(0, 2, (40, 32, 32, 3), generator=generator).byte()
    found, _ = attacked(linear, extreme, linear.logits(extreme).argmax(1), levels)
    assert found.min() >= 0 and found.max() <= 1
    assert (found - extreme / 255).abs().max() <= levels / 255 + EXACT


def test_what_is_left_is_answered_rightly_and_the_rest_is_not(
    linear: Network, pictures: Tensor
) -> None:
    labels = linear.logits(pictures).argmax(1)
    found, right = attacked(linear, pictures, labels, 1)
    mean, std = torch.tensor(NORMALISATION.mean), torch.tensor(NORMALISATION.std)
    with torch.no_grad():
        answers = linear.model(((found - mean) / std).permute(0, 3, 1, 2)).argmax(1)
    assert torch.equal(answers == labels, right)


def test_leaves_the_model_as_it_was(pictures: Tensor) -> None:
    first, norm, last = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Linear(3600, 2)
    model = nn.Sequential(first, norm, nn.Dropout(0.5), nn.Flatten(), last).eval()
    first.weight.grad = torch.ones_like(first.weight)
    last.requires_grad_(False)
    heard: list[int] = []
    norm.register_forward_hook(lambda *_: heard.append(1))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    asked = [parameter.requires_grad for parameter in model.parameters()]
    network = Network(model, ("one", "other"), NORMALISATION)
    with torch.no_grad():  # as a caller may have it
        attacked(network, pictures, torch.zeros(60, dtype=torch.int64), 4)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert [parameter.requires_grad for parameter in model.parameters()] == asked
    assert torch.equal(first.weight.grad, torch.ones_like(first.weight))
    assert last.weight.grad is None and norm.bias.grad is None
    assert heard and len(norm._forward_hooks) == 1
    assert not any(module.training for module in model.modules())


def test_the_same_seed_finds_the_same(linear: Network, pictures: Tensor) -> None:
    labels = linear.logits(pictures).argmax(1)
    weak = Attack(steps=1, restarts=1)
    state = torch.get_rng_state()
    once, again, other = (
        attacked(linear, pictures, labels, 2, weak, seed=seed)[0] for seed in (0, 0, 1)
    )
    assert torch.equal(once, again) and not torch.equal(once, other)
    assert torch.equal(torch.get_rng_state(), state)


def test_more_restarts_never_leave_more(linear: Network, pictures: Tensor) -> None:
    labels = linear.logits(pictures).argmax(1)
    once, thrice = (
        attacked(linear, pictures, labels, 1, Attack(steps=2, restarts=restarts))[1]
        for restarts in (1, 3)
    )
    assert (thrice <= once).all()


def test_can_be_broken_off_at_any_step(linear: Network, pictures: Tensor) -> None:
    def stop(_doing: str, _share: float) -> None:
        raise BreakOffError

    with pytest.raises(BreakOffError):
        attacked(linear, pictures, torch.zeros(60, dtype=torch.int64), 1, report=stop)
