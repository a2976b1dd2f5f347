"""What a network costs and sees, against values worked out by hand."""

import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from copy import copy
from types import FrameType

import pytest
import torch
from torch import Tensor, nn
from torch.nn.modules import module as module_globals
from torch.utils._python_dispatch import _get_current_dispatch_mode_stack
from torch.utils.flop_counter import FlopCounterMode

from core.data.dataset import Dataset
from core.models import build_model
from core.models.summary import summarise
from core.recipe import VGG, ConvNet, MobileNet, Model, Recipe, ResNet, TwoConv, presets
from core.training import events, train

PRESETS = [recipe.model for recipe in presets().values()]
FAMILIES: list[Model] = [ConvNet(), VGG(), TwoConv(), ResNet(), MobileNet()]


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


@pytest.mark.parametrize("options", [*PRESETS, *FAMILIES])
def test_flops_are_those_that_torch_counts(options: Model) -> None:
    model = build_model(options, 10).eval()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, 3, 32, 32))
    assert summarise(options, 10).flops == counter.get_total_flops()


def test_flops_of_resnet18_are_the_published_ones() -> None:
    """0.56 billion multiply-additions for 32x32 pictures, two operations each."""
    assert summarise(ResNet(), 10).flops == pytest.approx(2 * 0.556e9, rel=0.01)


def test_a_residual_block_sees_what_its_longer_branch_sees() -> None:
    """3, then 4 a block of two 3x3 convolutions; the third block's first one strides by 2."""
    fields = {layer.module: layer.receptive_field for layer in summarise(ResNet(), 10).layers}
    assert fields["conv1"] == 3
    assert fields["layer1.0.conv2"] == 7
    assert fields["layer1.1.conv2"] == 11
    assert fields["layer2.0.conv1"] == 13
    assert fields["layer2.0.conv2"] == 17
    assert fields["layer2.0.downsample.0"] == 11
    assert fields["layer2.1.conv1"] == 21


@pytest.mark.parametrize(("whitening", "fifth"), [(0, 10), (3, 12)])
def test_a_value_depends_on_the_pixels_of_its_receptive_field_and_no_other(
    whitening: int, fifth: int
) -> None:
    options = ConvNet(
        channels=(4, 4, 4), depth=2, batch_norm=False, activation="tanh", whitening=whitening
    )
    model = build_model(options, 10).eval()
    fields = {layer.module: layer.receptive_field for layer in summarise(options, 10).layers}
    convolution = model[: fifth + 1]  # pyright: ignore[reportIndexIssue] the stages' fifth
    image = torch.rand(1, 3, 32, 32, requires_grad=True)
    convolution(image)[0, 0, 4, 4].backward()
    assert image.grad is not None
    touched = image.grad.abs().sum((0, 1)) > 0
    rows = touched.any(1).nonzero()
    assert rows.max() - rows.min() + 1 == fields[str(fifth)]


@pytest.mark.parametrize("options", [*FAMILIES, ConvNet(whitening=2)])
def test_layers_account_for_all_parameters(options: Model) -> None:
    summary = summarise(options, 7)
    built = sum(parameter.numel() for parameter in build_model(options, 7).parameters())
    assert sum(layer.parameters for layer in summary.layers) == summary.parameters == built
    assert summary.layers[-1].shape == (7,)


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads that take turns so often meet wherever they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)  # seconds
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty_threads")
def test_training_and_evaluation_go_on_while_models_are_summarised(
    tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    model = build_model(ResNet(), 10).eval()
    image = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        expected = model(image)

    def summarise_presets() -> None:
        for options in PRESETS:
            summarise(options, 10)

    def going_on() -> bool:
        return not all(summary.done() for summary in summaries)

    def train_runs() -> Iterator[events.Event]:
        while going_on():
            yield list(train(tiny_recipe, tiny_data, device=torch.device("cpu")))[-1]

    @torch.no_grad()
    def evaluate() -> Iterator[Tensor]:
        while going_on():
            yield model(image)

    with ThreadPoolExecutor() as pool:
        summaries: list[Future[None]] = [pool.submit(summarise_presets) for _ in range(2)]
        training = pool.submit(lambda: list(train_runs()))
        evaluation = pool.submit(lambda: list(evaluate()))
    assert set(training.result()) == {events.Finished(epochs=3, stopped_early=False)}
    assert all(torch.equal(logits, expected) for logits in evaluation.result())
    for summary in summaries:
        summary.result()


def test_a_summary_changes_nothing_that_other_threads_use() -> None:
    """Looked at whenever the summary calls a function."""

    def shared() -> list[object]:
        hooks = [copy(value) for name, value in vars(module_globals).items() if "_global_" in name]
        return [dict(vars(nn.Module)), hooks, _get_current_dispatch_mode_stack()]

    untouched = shared()
    touched: list[str] = []

    def look(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and shared() != untouched:
            touched.append(frame.f_code.co_qualname)

    sys.setprofile(look)
    try:
        summarise(ConvNet(channels=(4,), depth=2, residual=True), 10)
    finally:
        sys.setprofile(None)
    assert not touched
