"""What a network costs and sees, against values worked out by hand."""

import pytest
import torch

from core.models import build_model
from core.models.summary import summarise
from core.recipe import VGG, ConvNet, MobileNet, Model, ResNet


def test_layers_of_a_small_convnet() -> None:
    options = ConvNet(channels=(4, 8), depth=2, head="average", dense=(16,), batch_norm=False)
    rows = [
        (layer.kind, layer.shape, layer.receptive_field, layer.parameters)
        for layer in summarise(options, 10).layers
    ]
    # A 3x3 kernel sees 2 steps further; a step is one input pixel, 2 after a pooling, 4 after two.
    assert rows == [
        ("Conv", (4, 32, 32), 3, 3 * 4 * 9 + 4),
        ("Conv", (4, 32, 32), 5, 4 * 4 * 9 + 4),
        ("MaxPool", (4, 16, 16), 6, 0),
        ("Conv", (8, 16, 16), 10, 4 * 8 * 9 + 8),
        ("Conv", (8, 16, 16), 14, 8 * 8 * 9 + 8),
        ("MaxPool", (8, 8, 8), 16, 0),
        ("AdaptiveAvgPool", (8, 1, 1), 32, 0),
        ("Linear", (16,), 32, 8 * 16 + 16),
        ("Linear", (10,), 32, 16 * 10 + 10),
    ]


def test_strides_widen_the_view_like_pooling() -> None:
    layers = summarise(ConvNet(channels=(4, 4), depth=2, pooling="stride"), 10).layers
    assert [(layer.shape, layer.receptive_field) for layer in layers[:4]] == [
        ((4, 32, 32), 3),
        ((4, 16, 16), 5),
        ((4, 16, 16), 9),
        ((4, 8, 8), 13),
    ]


def test_flops_of_one_convolution_and_one_dense_layer() -> None:
    summary = summarise(ConvNet(channels=(4,), depth=1), 10)
    convolution = 2 * (3 * 3 * 3) * 4 * 32 * 32  # a multiplication and an addition each
    dense = 2 * (4 * 16 * 16) * 10
    assert summary.flops == convolution + dense
    assert summary.training_flops == 3 * (convolution + dense)


def test_flops_of_resnet18_are_the_published_ones() -> None:
    """0.56 billion multiply-additions for 32x32 pictures, two operations each."""
    assert summarise(ResNet(), 10).flops == pytest.approx(2 * 0.556e9, rel=0.01)


def test_a_residual_block_sees_what_its_longer_branch_sees() -> None:
    """3, then 4 a block of two 3x3 convolutions; the third block's first one strides by 2."""
    fields = {layer.name: layer.receptive_field for layer in summarise(ResNet(), 10).layers}
    assert fields["conv1"] == 3
    assert fields["layer1.0.conv2"] == 7
    assert fields["layer1.1.conv2"] == 11
    assert fields["layer2.0.conv1"] == 13
    assert fields["layer2.0.conv2"] == 17
    assert fields["layer2.0.downsample.0"] == 11
    assert fields["layer2.1.conv1"] == 21


def test_a_value_depends_on_the_pixels_of_its_receptive_field_and_no_other() -> None:
    options = ConvNet(channels=(4, 4, 4), depth=2, batch_norm=False, activation="tanh")
    model = build_model(options, 10).eval()
    fields = {layer.name: layer.receptive_field for layer in summarise(options, 10).layers}
    convolution = model[:11]  # pyright: ignore[reportIndexIssue] up to the fifth convolution
    image = torch.rand(1, 3, 32, 32, requires_grad=True)
    convolution(image)[0, 0, 4, 4].backward()
    assert image.grad is not None
    touched = image.grad.abs().sum((0, 1)) > 0
    rows = touched.any(1).nonzero()
    assert rows.max() - rows.min() + 1 == fields["10"]


@pytest.mark.parametrize("options", [ConvNet(), VGG(), ResNet(), MobileNet()])
def test_layers_account_for_all_parameters_but_batch_norm(options: Model) -> None:
    summary = summarise(options, 7)
    norms = sum(
        parameter.numel()
        for module in build_model(options, 7).modules()
        if isinstance(module, torch.nn.BatchNorm2d)
        for parameter in module.parameters()
    )
    assert sum(layer.parameters for layer in summary.layers) + norms == summary.parameters
    assert summary.layers[-1].shape == (7,)
