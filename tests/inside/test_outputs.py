"""What steps put out: as hooks see it, for every family; and which pixels a place depends on."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
import torch
from torch import Tensor, nn

from core.errors import ConvscopeError
from core.inside.outputs import output_of, outputs_of, score_of, step_named
from core.models import build_model
from core.models.graph import Step, trace
from core.recipe import VGG, ConvNet, MobileNet, Model, ResNet, TwoConv
from tests.explanation.small_networks import PRESETS

FAMILIES: list[Model] = [
    ConvNet(channels=(4, 8), depth=2, whitening=2, pool_early=True, residual=True),
    ConvNet(channels=(4, 8), depth=2, pooling="average", norm_first=False, head="max"),
    VGG(width=0.125),
    TwoConv(),
    ResNet(),
    MobileNet(width=0.25),
]


def model_of(options: Model) -> nn.Module:
    """With statistics of batch norm that are not those it begins with."""
    model = build_model(options, 10).eval()
    generator = torch.Generator().manual_seed(1)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean = torch.randn(module.num_features, generator=generator) / 10
            module.running_var = torch.rand(module.num_features, generator=generator) + 0.5
    return model.requires_grad_(False)


def pictures(count: int, seed: int = 0) -> Tensor:
    return torch.randn(count, 3, 32, 32, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("options", [*PRESETS.values(), *FAMILIES])
def test_every_step_puts_out_what_its_shape_says(options: Model) -> None:
    model, steps, images = build_model(options, 10).eval(), trace(options, 10), pictures(2)
    shapes: dict[str, tuple[int, ...]] = {}
    with torch.inference_mode():
        outputs_of(model, images, steps, lambda s, o: shapes.update({s.name: tuple(o.shape[1:])}))
        assert shapes == {step.name: step.shape for step in steps}
        torch.testing.assert_close(output_of(model, images, steps[-1]), model(images))


@pytest.mark.parametrize("options", FAMILIES)
def test_a_step_puts_out_what_the_rest_of_the_network_goes_on_with(options: Model) -> None:
    """Seen by a hook on the next module with weights, which takes what the step gave."""
    model, steps, images = model_of(options), trace(options, 10), pictures(2)
    taken: dict[str, Tensor] = {}

    def take(name: str, _module: nn.Module, given: tuple[Tensor]) -> None:
        taken[name] = given[0].clone()

    hooks = [
        module.register_forward_pre_hook(partial(take, name))
        for name, module in model.named_modules()
        if isinstance(module, nn.Conv2d | nn.Linear)
    ]
    with torch.inference_mode():
        model(images)
        for hook in hooks:
            hook.remove()
        for after in steps:
            if not after.module or not after.inputs:
                continue
            before = steps[after.inputs[-1]]
            put_out = output_of(model, images, before).reshape(taken[after.module].shape)
            assert torch.equal(put_out, taken[after.module]), (before.name, after.name)


def test_outputs_that_are_overwritten_later_are_seen_as_they_were() -> None:
    """ResNet adds to a branch in place."""
    model, steps, images = model_of(ResNet()), trace(ResNet(), 10), pictures(1)
    kept: dict[str, Tensor] = {}
    with torch.inference_mode():
        outputs_of(model, images, steps, lambda step, o: kept.update({step.name: o.clone()}))
        for step in steps:
            assert torch.equal(kept[step.name], output_of(model, images, step)), step.name


def test_the_score_is_what_the_activation_takes() -> None:
    options = ConvNet(channels=(4,), depth=1)
    model, step, images = model_of(options), trace(options, 10)[0], pictures(2)
    score, output = score_of(model, images, step), output_of(model, images, step)
    assert score.min() < 0
    assert torch.equal(score.relu(), output)


BOXES: list[tuple[Model, str]] = [
    *((FAMILIES[0], name) for name in ("conv1", "conv2", "pool1", "conv3", "sum1", "conv4")),
    *((FAMILIES[1], name) for name in ("conv2", "pool1", "conv3", "pool2")),
    (ConvNet(channels=(4, 4), depth=2, pooling="stride"), "conv3"),
    (TwoConv(), "pool1"),
    (ResNet(), "conv8"),
    (ResNet(), "sum3"),
    (MobileNet(width=0.25), "conv12"),
]


@pytest.mark.parametrize(("options", "name"), BOXES)
def test_a_place_depends_on_the_pixels_of_its_box_and_on_no_other(
    options: Model, name: str
) -> None:
    """By brute force: all pixels outside are changed, and nothing happens; then each edge of the
    box alone, and something does."""
    model, step = model_of(options).double(), step_named(trace(options, 10), name)
    rows, columns = step.shape[1:]
    image, others = pictures(1).double(), 3 * pictures(2, seed=1).double()
    for row, column in ((0, 0), (rows // 2, columns - 1)):
        top, left, bottom, right = step.sight.box(row, column)
        masks = torch.zeros(5, 32, 32, dtype=torch.bool)  # of what is changed
        masks[0], masks[0, top:bottom, left:right] = True, False
        masks[1, top, left:right] = masks[2, bottom - 1, left:right] = True
        masks[3, top:bottom, left] = masks[4, top:bottom, right - 1] = True
        changed = torch.where(masks[:, None, None], others, image).flatten(0, 1)
        values = score_of(model, torch.cat((image, changed)), step)[:, :, row, column]
        moved = (values[1:] - values[0]).abs().view(5, -1).amax(1)
        assert moved[0] < 1e-12
        assert moved[1:].min() > 1e-9


def test_threads_read_one_network_at_once() -> None:
    options = ConvNet(channels=(4, 8), depth=2)
    model, steps, images = model_of(options), trace(options, 10), pictures(4)
    with torch.inference_mode():
        expected = {step.name: output_of(model, images, step) for step in steps}
        logits = model(images)

    def read(step: Step) -> bool:
        with torch.inference_mode():
            same = torch.equal(output_of(model, images, step), expected[step.name])
            return same and torch.equal(model(images), logits)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(read, [*steps] * 10))


def test_a_layer_that_is_not_there_is_told_in_a_sentence() -> None:
    with pytest.raises(ConvscopeError, match=r"no layer 'conv99'; its layers are conv1 to dense1"):
        step_named(trace(ConvNet(), 10), "conv99")
