"""Disturbances of any amount, and what tips an answer over."""

import pytest
import torch
from torch import Tensor, nn

from core.data.dataset import Normalisation
from core.models.network import Network
from core.robustness.by_hand import NONE, SCALES, Disturbance, disturbed, tips


@pytest.fixture
def images() -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randint(40, 200, (2, 32, 32, 3), dtype=torch.uint8, generator=generator)


def test_nothing_is_changed_by_none(images: Tensor) -> None:
    assert torch.equal(disturbed(images, NONE), images)


def test_blur_takes_detail_and_leaves_the_mean(images: Tensor) -> None:
    blurred = disturbed(images, Disturbance(blur=2))
    assert blurred.float().std() < images.float().std() / 3
    assert blurred.float().mean() == pytest.approx(float(images.float().mean()), abs=2)


def test_noise_is_as_strong_as_asked_and_the_same_each_time() -> None:
    grey = torch.full((2, 32, 32, 3), 128, dtype=torch.uint8)
    weak, strong = (disturbed(grey, Disturbance(noise=noise)) for noise in (5, 10))
    assert weak.float().std() / 255 == pytest.approx(0.05, rel=0.05)
    assert strong.float().std() / 255 == pytest.approx(0.10, rel=0.05)
    assert torch.equal(weak, disturbed(grey, Disturbance(noise=5))) and weak[0].equal(weak[1])
    assert not torch.equal(weak, disturbed(grey, Disturbance(noise=5), seed=1))
    change = [(noisy.float() - 128).flatten() for noisy in (weak, strong)]
    assert torch.corrcoef(torch.stack(change))[0, 1] > 0.99


def test_brightness_is_added_up_to_white(images: Tensor) -> None:
    brighter = disturbed(images, Disturbance(brightness=20)).int()
    assert (brighter - (images.int() + 51).clamp(max=255)).abs().max() <= 1


def test_a_shift_moves_right_and_down(images: Tensor) -> None:
    moved = disturbed(images, Disturbance(right=3, down=-2))
    assert torch.equal(moved[:, :-2, 3:], images[:, 2:, :-3])


def test_what_is_hidden_is_grey_whatever_else_is_done(images: Tensor) -> None:
    by = Disturbance(noise=20, brightness=30, hidden=(0.25, 0, 0.5, 1))
    hidden = disturbed(images, by)
    assert (hidden[:, :, 8:16] == 128).all()
    assert (hidden[:, :, :8] != 128).any() and (hidden[:, :, 16:] != 128).any()


def dark_or_bright(border: float) -> Network:
    """'bright' when the mean of red is above the border, from 0 to 1."""
    head = nn.Linear(3, 2)
    head.weight = nn.Parameter(torch.tensor([[-1.0, 0, 0], [1.0, 0, 0]]))
    head.bias = nn.Parameter(torch.tensor([border, -border]))
    model = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), head).eval()
    return Network(model, ("dark", "bright"), Normalisation((0, 0, 0), (1, 1, 1)))


def test_the_first_step_that_changes_the_answer_is_found() -> None:
    grey = torch.full((32, 32, 3), 51, dtype=torch.uint8)  # 20 %
    found = [tip for tip in tips(dark_or_bright(0.33), grey) if tip.kind == "brightness"]
    (tip,) = found
    assert tip.amount == 15 and tip.becomes == 1  # 20 + 10 is below 33, 20 + 15 above


def test_what_changes_nothing_is_left_out() -> None:
    grey = torch.full((32, 32, 3), 51, dtype=torch.uint8)
    assert {tip.kind for tip in tips(dark_or_bright(2.0), grey)} == set()


def test_steps_lie_on_the_sliders() -> None:
    grey = torch.full((32, 32, 3), 51, dtype=torch.uint8)
    for border in (0.22, 0.4, 0.6):
        for tip in tips(dark_or_bright(border), grey):
            scale = SCALES[tip.kind]
            assert scale.least <= tip.amount <= scale.most
            steps = tip.amount / scale.step
            assert steps == pytest.approx(round(steps))
