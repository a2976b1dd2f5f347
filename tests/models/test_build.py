"""Every family, with every option, is the network that its paper or its options describe."""

import re
from collections.abc import Iterator
from itertools import product
from typing import get_args

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torchvision.models import MobileNet_V2_Weights, ResNet18_Weights

from core.models import build_model
from core.models.families import FAMILIES
from core.models.layers import Dropout, Residual
from core.recipe import (
    VGG,
    Activation,
    ConvNet,
    MobileNet,
    Model,
    Recipe,
    RecipeError,
    ResNet,
    TwoConv,
    parts,
    presets,
)

ACTIVATIONS: tuple[Activation, ...] = ("relu", "leaky_relu", "elu", "gelu", "silu", "tanh")
OPTIONS: dict[str, Model] = {
    "convnet": ConvNet(channels=(4, 8), depth=2),
    "convnet, one stage": ConvNet(channels=(4,), depth=1),
    "convnet, five stages": ConvNet(channels=(4, 4, 4, 4, 4), depth=1),
    "convnet, average pooling": ConvNet(channels=(4, 8), depth=1, pooling="average"),
    "convnet, strides": ConvNet(channels=(4, 8), depth=2, pooling="stride"),
    "convnet, average head": ConvNet(channels=(4, 8), depth=1, head="average"),
    "convnet, dense": ConvNet(channels=(4,), depth=1, dense=(16, 8), dropout=0.5),
    "convnet, early pooling": ConvNet(channels=(4, 8), depth=2, pool_early=True, head="max"),
    "convnet, early stride": ConvNet(channels=(4,), depth=2, pool_early=True, pooling="stride"),
    "convnet, residual": ConvNet(channels=(4, 8), depth=3, pool_early=True, residual=True),
    "convnet, residual, pooled late": ConvNet(channels=(4,), depth=2, residual=True),
    "convnet, plain": ConvNet(channels=(4, 8), depth=1, batch_norm=False),
    **{
        f"convnet, {name}": ConvNet(channels=(4,), depth=1, activation=name) for name in ACTIVATIONS
    },
    "vgg-11": VGG(layers=11, width=0.125),
    "vgg-13, plain": VGG(layers=13, width=0.125, batch_norm=False),
    "vgg-16, no dense": VGG(layers=16, width=0.125, dense=(), dropout=0.0),
    "vgg-19, silu": VGG(layers=19, width=0.125, activation="silu"),
    "convnet, normalised last": ConvNet(channels=(4, 8), depth=1, norm_first=False),
    "two_conv": TwoConv(),
    "resnet18": ResNet(),
    "resnet18, dropout": ResNet(dropout=0.5),
    "mobilenetv2": MobileNet(width=0.25),
    "mobilenetv2, no dropout": MobileNet(width=0.25, dropout=0.0),
}


def parameters(options: Model, classes: int = 10) -> int:
    return sum(parameter.numel() for parameter in build_model(options, classes).parameters())


def layers(options: Model, kind: type[nn.Module]) -> Iterator[nn.Module]:
    return (module for module in build_model(options, 10).modules() if isinstance(module, kind))


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_a_step_changes_every_weight_and_the_logits_are_per_class(options: Model) -> None:
    model = build_model(options, classes=7)
    before = [parameter.detach().clone() for parameter in model.parameters()]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    images = torch.randn(4, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    logits = model(images)
    assert logits.shape == (4, 7)
    F.cross_entropy(logits, torch.tensor([0, 1, 2, 3])).backward()
    optimizer.step()
    changed = [(old != new).any() for old, new in zip(before, model.parameters(), strict=True)]
    assert all(changed)
    assert all(parameter.isfinite().all() for parameter in model.parameters())


@pytest.mark.parametrize(
    ("options", "count"),
    [
        # convolution 3*4*9, batch norm 2*4, dense (4*16*16)*10 + 10
        (ConvNet(channels=(4,), depth=1), 108 + 8 + 10_250),
        # a second convolution 4*4*9 with batch norm
        (ConvNet(channels=(4,), depth=2), 108 + 8 + 144 + 8 + 10_250),
        # no batch norm: a bias for each of 4 channels instead; the head sees 4 averages
        (ConvNet(channels=(4,), depth=1, batch_norm=False, head="average"), 108 + 4 + 50),
        # 108 + 8, 4*8*9 + 16, dense (8*8*8)*16 + 16 and 16*10 + 10
        (ConvNet(channels=(4, 8), depth=1, dense=(16,)), 116 + 304 + 8_208 + 170),
        # the published count of the 32x32 ResNet-18 with 10 classes
        (ResNet(), 11_173_962),
        # torchvision's 3,504,872 less its head of 1000 classes 1,281,000, plus 12,810
        (MobileNet(), 2_236_682),
        # configuration D: kernels 14,710,464, batch norm 2*4,224, dense 512*10 + 10
        (VGG(layers=16, width=1.0, dense=()), 14_710_464 + 8_448 + 5_130),
        # with biases in place of batch norm and one dense layer 512*512 + 512
        (
            VGG(layers=16, width=1.0, dense=(512,), batch_norm=False),
            14_710_464 + 4_224 + 262_656 + 5_130,
        ),
    ],
)
def test_has_as_many_parameters_as_worked_out_by_hand(options: Model, count: int) -> None:
    assert parameters(options) == count


@pytest.mark.parametrize("number", [11, 13, 16, 19])
def test_vgg_has_the_weight_layers_in_its_name(number: int) -> None:
    """Simonyan & Zisserman count convolutions and three dense layers."""
    options = VGG(layers=number, width=0.125, dense=(64, 64))  # pyright: ignore[reportArgumentType]
    weighted = [*layers(options, nn.Conv2d), *layers(options, nn.Linear)]
    assert len(weighted) == number


def test_dropout_follows_each_hidden_dense_layer_and_only_where_asked_for() -> None:
    dropped = ConvNet(channels=(4,), dense=(16, 8), dropout=0.25)
    found = [layer.p for layer in layers(dropped, nn.Dropout) if isinstance(layer, nn.Dropout)]
    assert found == [0.25, 0.25]
    alone = list(build_model(ConvNet(channels=(4,), dropout=0.25), 10).children())
    assert [type(layer) for layer in alone[-2:]] == [Dropout, nn.Linear]
    assert not list(layers(ConvNet(channels=(4,), dense=(16, 8)), nn.Dropout))
    assert not list(layers(ResNet(), nn.Dropout))
    assert len(list(layers(ResNet(dropout=0.1), nn.Dropout))) == 1


def test_without_dropout_train_and_evaluation_mode_agree_up_to_batch_norm() -> None:
    model = build_model(ConvNet(channels=(4,), batch_norm=False), 10)
    images = torch.ones(2, 3, 32, 32)
    torch.testing.assert_close(model.train()(images), model.eval()(images), rtol=0, atol=0)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_weights_depend_on_the_seed_alone(options: Model) -> None:
    torch.manual_seed(5)
    first = build_model(options, 10, seed=1).state_dict()
    torch.manual_seed(6)
    again = build_model(options, 10, seed=1).state_dict()
    other = build_model(options, 10, seed=2).state_dict()
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert any(not torch.equal(first[name], other[name]) for name in first)


def test_building_leaves_the_global_random_state_alone() -> None:
    torch.manual_seed(3)
    undisturbed = torch.rand(4)
    torch.manual_seed(3)
    build_model(ResNet(), 10)
    assert torch.equal(torch.rand(4), undisturbed)


def test_early_pooling_halves_after_the_first_convolution_of_a_stage() -> None:
    model = build_model(ConvNet(channels=(4, 8), depth=2, pool_early=True), 10)
    kinds = [type(module).__name__ for module in model.children()]
    pooled = ["PooledConvolution", "MaxPool2d", "BatchNorm2d", "ReLU"]
    stage = [*pooled, "Conv2d", "BatchNorm2d", "ReLU"]
    assert kinds == [*stage, *stage, "Flatten", "Linear"]


def test_a_whitened_network_sees_a_smaller_picture_and_has_a_head_that_fits() -> None:
    model = build_model(ConvNet(channels=(4, 8), depth=1, whitening=3), 10)
    head = list(model.modules())[-1]
    assert isinstance(head, nn.Linear)
    assert head.in_features == 8 * 7 * 7  # 30, 15, 7


def test_a_dirac_start_passes_the_input_on_and_scores_near_zero() -> None:
    options = ConvNet(
        channels=(8,), depth=1, initialisation="dirac", batch_norm=False, activation="relu"
    )
    model = build_model(options, 10)
    _, convolution, *_, head = model.modules()
    assert isinstance(convolution, nn.Conv2d) and isinstance(head, nn.Linear)
    assert convolution.bias is not None
    images = torch.randn(2, 3, 32, 32)
    passed = convolution(images) - convolution.bias[:, None, None]
    torch.testing.assert_close(passed[:, :3], images)
    assert not torch.equal(passed[:, 3], images[:, 0])
    assert head.weight.std().item() == pytest.approx(1 / head.in_features, rel=1e-4)


def test_batch_norm_options_reach_every_batch_norm() -> None:
    options = ConvNet(channels=(4, 8), norm_scale=False, norm_momentum=0.4)
    norms = [n for n in layers(options, nn.BatchNorm2d) if isinstance(n, nn.BatchNorm2d)]
    assert len(norms) == 4
    assert {norm.momentum for norm in norms} == {0.4}
    assert not any(norm.weight.requires_grad for norm in norms)
    assert all(norm.bias.requires_grad for norm in norms)


def test_a_residual_stage_adds_what_its_first_convolution_made():
    options = ConvNet(channels=(4,), depth=3, pool_early=True, residual=True, norm_scale=False)
    model = list(build_model(options, 10).eval().children())
    stage = nn.Sequential(*model[:4])  # convolution, pooling, batch norm, activation
    residual = model[4]
    assert isinstance(residual, Residual)
    for module in residual.body.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.zeros_(module.weight)
    images = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    assert torch.equal(residual(stage(images)), stage(images))  # rectified twice is rectified


def test_the_two_convolutions_have_the_published_sizes() -> None:
    model = build_model(TwoConv(), 10)
    assert parameters(TwoConv()) == 6_447_754  # the source says about 6.4 million
    sizes = [layer.in_features for layer in model.modules() if isinstance(layer, nn.Linear)]
    assert sizes == [12_544, 512]
    order = [type(layer).__name__ for layer in model.children()]
    assert order == [
        *("Conv2d", "ReLU", "BatchNorm2d", "Conv2d", "ReLU", "MaxPool2d", "BatchNorm2d"),
        *("Flatten", "Linear", "ReLU", "Dropout", "Linear"),
    ]


def test_the_three_blocks_are_as_described() -> None:
    model = build_model(presets()["three-block"].model, 10)
    order = [type(layer).__name__ for layer in model.children()]
    block = ["Conv2d", "ReLU", "BatchNorm2d", "MaxPool2d"]
    dense = ["Linear", "ReLU", "Dropout"]
    assert order == [*block, *block, *block, "Flatten", *dense, *dense, "Linear"]
    widths = [layer.out_features for layer in model.modules() if isinstance(layer, nn.Linear)]
    assert widths == [256, 128, 10]


def test_the_baseline_has_a_million_parameters() -> None:
    assert parameters(presets()["basic"].model) == pytest.approx(1.07e6, rel=0.01)


SHAPES = list(
    product(
        (1, 2, 3, 4, 5),  # stages
        (0, 1, 2, 3),  # whitening
        get_args(ConvNet.model_fields["pooling"].annotation),
        get_args(ConvNet.model_fields["head"].annotation),
        (1, 4),  # depth
        (False, True),  # pool_early
        (False, True),  # residual
    )
)


@pytest.mark.slow
def test_every_shape_at_the_bounds_runs_or_is_refused_in_a_sentence() -> None:
    refused = 0
    images = torch.zeros(2, 3, 32, 32)
    for stages, whitening, pooling, head, depth, pool_early, residual in SHAPES:
        fields = {"channels": (4,) * stages, "depth": depth, "whitening": whitening}
        options = {"pooling": pooling, "head": head, "pool_early": pool_early}
        try:
            recipe = Recipe.parse(
                {"model": {"family": "convnet", "residual": residual, **fields, **options}}
            )
        except RecipeError as error:
            assert re.match(r"model\.(channels must not have|residual needs)", str(error))
            refused += "channels" in str(error)
            continue
        with torch.no_grad():
            assert build_model(recipe.model, 7).eval()(images).shape == (2, 7)
    # Five stages after patches of 2 or 3 pixels, by pooling; the 2 x 2 x 2 others times 3 heads,
    # without those that a residual refuses first.
    assert refused == 2 * 2 * 3 * (2 * 2 * 2)


def test_every_family_that_a_recipe_can_name_is_there() -> None:
    assert list(FAMILIES) == list(parts.FAMILIES)
    for name, options in parts.FAMILIES.items():
        assert options.on_imagenet == bool(FAMILIES[name].imagenet)
        assert "dropout" in options.model_fields  # which the form of every family shows


def test_weights_from_imagenet_are_where_torchvision_has_them() -> None:
    assert FAMILIES["resnet18"].imagenet == ResNet18_Weights.IMAGENET1K_V1.url
    assert FAMILIES["mobilenetv2"].imagenet == MobileNet_V2_Weights.IMAGENET1K_V2.url
