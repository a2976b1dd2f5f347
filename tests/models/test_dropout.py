"""Dropout with masks of its own."""

import pytest
import torch
from torch import Tensor, nn

from core.models import build_model
from core.models.layers import Dropout, dropouts
from core.recipe import VGG, ConvNet, MobileNet, Model, ResNet, TwoConv

ONES = torch.ones(400, 500)


def mask(layer: Dropout, step: int, number: int = 0) -> Tensor:
    layer.seek(seed=0, step=step, number=number)
    return layer(ONES)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_share_of_the_features_is_zeroed_and_the_rest_made_up_for_it(share: float) -> None:
    dropped = mask(Dropout(share), step=0)
    zeroed = dropped == 0
    assert zeroed.float().mean().item() == pytest.approx(share, abs=0.005)
    torch.testing.assert_close(dropped[~zeroed], (ONES / (1 - share))[~zeroed])
    # By chance everywhere: no row or column has more or less than its share.
    assert zeroed.float().mean(0).std().item() == pytest.approx(
        (share * (1 - share) / 400) ** 0.5, rel=0.2
    )
    assert zeroed.float().mean(1).std().item() == pytest.approx(
        (share * (1 - share) / 500) ** 0.5, rel=0.2
    )


def test_what_is_dropped_learns_nothing_from_the_step() -> None:
    values = ONES.clone().requires_grad_()
    dropped = Dropout(0.5)(values)
    dropped.sum().backward()
    assert values.grad is not None
    assert torch.equal(values.grad, dropped)


def test_each_step_and_each_layer_has_its_own_mask_and_always_the_same() -> None:
    layer = Dropout(0.5)
    first = mask(layer, step=1)
    assert torch.equal(first, mask(Dropout(0.5), step=1))
    assert not torch.equal(first, mask(layer, step=2))
    assert not torch.equal(first, mask(layer, step=1, number=1))


def test_masks_differ_from_call_to_call_also_where_nobody_says_the_step() -> None:
    layer = Dropout(0.5)
    first, second = layer(ONES), layer(ONES)
    both = ((first == 0) & (second == 0)).float().mean().item()
    assert both == pytest.approx(0.25, abs=0.005)


@pytest.mark.parametrize(
    "options",
    [
        ConvNet(channels=(4,), dense=(16, 16), dropout=0.4),
        VGG(width=0.125, dropout=0.4),
        TwoConv(dropout=0.4),
        ResNet(dropout=0.4),
        MobileNet(width=0.25, dropout=0.4),
    ],
    ids=lambda options: options.family,
)
def test_every_family_drops_with_it_and_in_training_only(options: Model) -> None:
    model = build_model(options, 10)
    of_torch = [module for module in model.modules() if isinstance(module, nn.Dropout)]
    assert of_torch == dropouts(model) and of_torch
    assert all(layer.p == 0.4 for layer in of_torch)
    assert len({layer.key.item() for layer in dropouts(model)}) == len(of_torch)
    assert not any("key" in name for name in model.state_dict())
    model.eval()
    assert all(layer(ONES) is ONES for layer in of_torch)


def test_traced_whole_it_drops_the_same() -> None:
    """What a compiler makes of the traced layer is seen in training/test_learner.py."""
    layer, twin = Dropout(0.5), Dropout(0.5)
    fused = torch.compile(layer, backend="aot_eager", fullgraph=True)
    for _ in range(3):
        assert torch.equal(fused(ONES), twin(ONES))
