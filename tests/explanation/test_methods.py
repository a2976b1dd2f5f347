"""Exact values, on models whose weights are set by hand."""

import pytest
import torch
from captum.attr import DeepLift
from small_networks import FAMILIES, PRESETS, dense, family, images, network, pointwise
from torch import nn

from core.data.dataset import Normalisation
from core.errors import ConvscopeError
from core.explanation import explain
from core.explanation.layers import last_spatial_layer
from core.explanation.superpixels import superpixels
from core.models import build_model
from core.models.network import Network

CLASS_1 = torch.tensor([1])


WEIGHTS = torch.randn(3, 32, 32, generator=torch.Generator().manual_seed(2))


def linear() -> nn.Module:
    """Two classes; class 0 has zero weights, class 1 those above."""
    rows = torch.stack([torch.zeros(3 * 32 * 32), WEIGHTS.flatten()])
    return nn.Sequential(nn.Flatten(), dense(rows))


def test_the_saliency_of_a_linear_model_is_its_largest_absolute_weight() -> None:
    expected = WEIGHTS.abs().amax(0)
    maps = explain(network(linear(), 2), images(2), torch.tensor([1, 0]), "saliency")
    torch.testing.assert_close(maps[0], expected)
    assert (maps[1] == 0).all()


def test_smoothgrad_of_a_linear_model_is_its_saliency() -> None:
    net = network(linear(), 2)
    torch.testing.assert_close(
        explain(net, images(1), CLASS_1, "smoothgrad"), explain(net, images(1), CLASS_1, "saliency")
    )


def test_smoothgrad_sees_both_sides_of_a_kink() -> None:
    """relu(red - 1/2): at a red of exactly 1/2 half the samples fall on the rising side."""
    model = nn.Sequential(
        pointwise([[1.0, 0.0, 0.0]], bias=-0.5), nn.ReLU(), nn.Flatten(), dense(torch.ones(1, 1024))
    )
    picture = torch.full((1, 32, 32, 3), 255, dtype=torch.uint8)
    picture[..., :16, 0] = 0  # far below the kink, where noise of 0.15 hardly ever reaches it
    net = network(model, 1, Normalisation((0.5, 0.0, 0.0), (1.0, 1.0, 1.0)))
    (far_and_at,) = explain(net, picture, torch.tensor([0]), "smoothgrad")
    assert far_and_at[:, :16].mean() < 0.01
    assert far_and_at[:, 16:].mean() == pytest.approx(0.5, abs=0.05)


def test_integrated_gradients_of_a_linear_model_are_weight_times_normalised_input() -> None:
    net = network(linear(), 2, Normalisation((0.5, 0.4, 0.3), (0.25, 0.2, 0.1)))
    pixels = images(1)[0].permute(2, 0, 1) / 255
    normalised = torch.stack(
        [(pixels[0] - 0.5) / 0.25, (pixels[1] - 0.4) / 0.2, (pixels[2] - 0.3) / 0.1]
    )
    expected = (WEIGHTS * normalised).sum(0)
    maps = explain(net, images(1), CLASS_1, "integrated_gradients")
    torch.testing.assert_close(maps[0], expected, rtol=1e-4, atol=1e-4)


def test_occlusion_of_one_weight_is_the_mean_fall_over_the_patches_that_cover_it() -> None:
    """Only the patch at the corner covers pixel (0, 0); where 2 or 4 patches meet, it is 1 of them.
    The pixel is 1, its weight 3, so the score falls by 3."""
    weights = torch.zeros(1, 3 * 32 * 32)
    weights[0, 0] = 3
    model = nn.Sequential(nn.Flatten(), dense(weights))
    picture = torch.full((1, 32, 32, 3), 255, dtype=torch.uint8)
    (falls,) = explain(network(model, 1), picture, torch.tensor([0]), "occlusion")
    expected = torch.zeros(32, 32)
    expected[:4, :4] = 3
    expected[:4, 4:8] = expected[4:8, :4] = 1.5
    expected[4:8, 4:8] = 0.75
    torch.testing.assert_close(falls, expected)


def two_colours() -> nn.Module:
    """Maps red and 2 x green; the score of the one class is mean(red) - mean(2 x green)."""
    return nn.Sequential(
        pointwise([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]]), nn.ReLU(inplace=True), nn.AvgPool2d(32),
        nn.Flatten(), dense(torch.tensor([[1.0, -1.0]])),
    )  # fmt: skip


def reddish() -> torch.Tensor:
    """Red 1, green 0.2, and so maps of 1 and 0.4."""
    picture = torch.zeros(1, 32, 32, 3, dtype=torch.uint8)
    picture[..., 0], picture[..., 1] = 255, 51
    return picture


def test_grad_cam_weighs_the_maps_by_their_mean_gradient() -> None:
    """Gradients of 1/1024 and -1/1024 a place: (1 - 0.4) / 1024 everywhere."""
    maps = explain(network(two_colours(), 1), reddish(), torch.tensor([0]), "grad_cam")
    torch.testing.assert_close(maps, torch.full((1, 32, 32), 0.6 / 1024))


def test_grad_cam_shows_no_evidence_against() -> None:
    greenish = reddish()[..., [1, 0, 2]]
    maps = explain(network(two_colours(), 1), greenish, torch.tensor([0]), "grad_cam")
    assert (maps == 0).all()


def test_guided_grad_cam_drops_gradients_below_zero() -> None:
    """The gradient is 1/1024 by red and -2/1024 by green; guided, only red's passes."""
    net, target = network(two_colours(), 1), torch.tensor([0])
    plain = explain(net, reddish(), target, "saliency")
    torch.testing.assert_close(plain, torch.full((1, 32, 32), 2 / 1024))
    guided = explain(net, reddish(), target, "guided_grad_cam")
    torch.testing.assert_close(
        guided, torch.full((1, 32, 32), 0.6 / 1024 * 1 / 1024), rtol=1e-5, atol=0
    )


def test_deconvolution_passes_where_the_relu_was_shut() -> None:
    """Blue is shut off, yet its signal of 1/1024 comes back; red's, below zero, does not."""
    model = nn.Sequential(
        pointwise([[1.0, 0.0, 0.0], [0.0, 0.0, -3.0]]), nn.ReLU(inplace=True), nn.AvgPool2d(32),
        nn.Flatten(), dense(torch.tensor([[-1.0, 1.0]])),
    )  # fmt: skip
    picture = torch.full((1, 32, 32, 3), 255, dtype=torch.uint8)
    net, target = network(model, 1), torch.tensor([0])
    maps = explain(net, picture, target, "deconvolution")
    torch.testing.assert_close(maps, torch.full((1, 32, 32), 3 / 1024))
    assert (explain(net, picture, target, "guided_backprop") == 0).all()


def test_input_x_gradient_and_gradient_shap_of_a_linear_model() -> None:
    """Of one baseline colour b: weight x (input - b); the mean over them, as it is linear."""
    net = network(linear(), 2)
    pixels = images(1)[0].permute(2, 0, 1) / 255
    maps = explain(net, images(1), CLASS_1, "input_x_gradient")
    torch.testing.assert_close(maps[0], (WEIGHTS * pixels).sum(0), rtol=1e-4, atol=1e-4)
    maps = explain(net, images(1), CLASS_1, "gradient_shap")
    away = (maps[0] - (WEIGHTS * pixels).sum(0)).flatten()
    colours = torch.linalg.lstsq(WEIGHTS.flatten(1).T, away[:, None])
    torch.testing.assert_close(
        WEIGHTS.flatten(1).T @ colours.solution, away[:, None], rtol=0, atol=1e-3
    )


def change(net: Network, pictures: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Of the target logit, from the mean colour to the picture, [N]."""
    inputs = net.input(pictures)
    with torch.no_grad():
        both = net.model(inputs), net.model(torch.zeros_like(inputs))
    here, there = (scores.gather(1, targets[:, None])[:, 0] for scores in both)
    return here - there


@pytest.mark.parametrize("name", [*FAMILIES, *PRESETS])
def test_deep_lift_shares_out_the_whole_change(name: str) -> None:
    net, pictures, targets = family(name), images(2), torch.tensor([3, 8])
    whole = change(net, pictures, targets)
    shared = explain(net, pictures, targets, "deep_lift").sum((1, 2))
    torch.testing.assert_close(shared, whole, rtol=2e-3, atol=2e-3 * float(whole.abs().max()))


@pytest.mark.parametrize("name", ["convnet", "vgg", "resnet", "best"])
def test_integrated_gradients_share_out_nearly_the_whole_change(name: str) -> None:
    """Deeper networks of random weights bend too often for 128 steps."""
    net, pictures, targets = family(name), images(2), torch.tensor([3, 8])
    whole = change(net, pictures, targets)
    shared = explain(net, pictures, targets, "integrated_gradients", settings={"steps": 128})
    near = 0.05 * float(whole.abs().max())
    torch.testing.assert_close(shared.sum((1, 2)), whole, rtol=0, atol=near)


@pytest.mark.filterwarnings("ignore:Setting forward, backward hooks")  # captum says what it does
def test_deep_lift_is_captums_where_captum_has_all_layers() -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        model = nn.Sequential(
            nn.Conv2d(3, 6, 3), nn.MaxPool2d(2), nn.Conv2d(6, 8, 3), nn.ELU(),
            nn.AvgPool2d(2), nn.Flatten(), nn.Linear(8 * 36, 12), nn.Tanh(), nn.Linear(12, 2),
        )  # fmt: skip
    net, targets = network(model, 2), torch.tensor([1, 0])
    inputs = net.input(images(2)).requires_grad_()
    baseline = torch.zeros_like(inputs).requires_grad_()
    expected = DeepLift(model).attribute(inputs, baseline, targets).sum(1)
    maps = explain(net, images(2), targets, "deep_lift")
    torch.testing.assert_close(maps, expected.detach(), rtol=1e-3, atol=1e-5)


def test_deep_lift_is_its_formula_where_captum_fails() -> None:
    """Captum gives another sum to each pixel where an activation stands before a pooling."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        convolution, dense = nn.Conv2d(3, 6, 3), nn.Linear(6 * 15 * 15, 2)
    net = network(nn.Sequential(convolution, nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), dense), 2)
    inputs = net.input(images(1))
    with torch.no_grad():
        values, nothing = convolution(inputs), convolution(torch.zeros_like(inputs))
        step, change = values - nothing, values.relu() - nothing.relu()
        (out, at), (out_0, at_0) = (
            nn.functional.max_pool2d(each.relu(), 2, return_indices=True)
            for each in (values, nothing)
        )
        shares = ((out - out_0) * dense.weight[1].view(1, 6, 15, 15)).flatten(2)
        places = torch.where(out >= out_0, at, at_0).flatten(2)
        shared = torch.zeros(1, 6, 900).scatter_add_(2, places, shares).view(1, 6, 30, 30)
        slopes = torch.where(change == 0, 0, shared / step)  # through pooling and activation
        back = nn.functional.conv_transpose2d(slopes, convolution.weight)
    maps = explain(net, images(1), torch.tensor([1]), "deep_lift")
    torch.testing.assert_close(maps, (back * inputs).sum(1), rtol=1e-3, atol=1e-5)


def test_a_difference_of_classes_is_the_difference_of_what_adds_up() -> None:
    net, pictures = family("vgg"), images(2)
    cat, dog = torch.tensor([3, 3]), torch.tensor([5, 5])
    for method in ("occlusion", "input_x_gradient", "integrated_gradients", "layer_evidence"):
        apart = explain(net, pictures, cat, method) - explain(net, pictures, dog, method)
        together = explain(net, pictures, cat, method, against=5)
        torch.testing.assert_close(together, apart, rtol=1e-3, atol=1e-5)


def test_superpixels_follow_colours_and_lose_what_they_are_worth() -> None:
    picture = torch.zeros(1, 32, 32, 3, dtype=torch.uint8)
    picture[:, 5:14, 3:12, 0] = 255  # a red square, whose pixels alone count
    weights = torch.zeros(1, 3, 32, 32)
    weights[:, 0] = 1
    net = network(nn.Sequential(nn.Flatten(), dense(weights.flatten(1))), 1)
    masks = superpixels(net.input(picture), 6)[0]
    inside = picture[0, ..., 0] > 0
    assert not set(masks[inside].tolist()) & set(masks[~inside].tolist())
    falls = explain(net, picture, torch.tensor([0]), "superpixels")[0]
    assert (falls[~inside] == 0).all()
    pieces = set(masks[inside].tolist())
    for piece in pieces:
        size = (masks == piece).sum().float()
        torch.testing.assert_close(falls[masks == piece], size.expand(int(size)))


def test_evidence_in_the_last_layer_adds_up_to_the_score_without_dense_layers() -> None:
    """Mean red - mean 2 x green, place by place."""
    picture = images(1)
    net, target = network(two_colours(), 1), torch.tensor([0])
    maps = explain(net, picture, target, "layer_evidence")
    torch.testing.assert_close(maps.sum((1, 2)), net.logits(picture)[:, 0], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("activation", [nn.ReLU, nn.ReLU6])
def test_a_relu_used_twice_is_guided_as_two_are(activation: type[nn.Module]) -> None:
    def model(first: nn.Module, second: nn.Module) -> nn.Module:
        torch.manual_seed(0)
        return nn.Sequential(
            nn.Conv2d(3, 6, 3), first, nn.Conv2d(6, 6, 3), second, nn.Flatten(),
            nn.Linear(6 * 28 * 28, 2),
        )  # fmt: skip

    with torch.random.fork_rng(devices=[]):
        shared = activation(inplace=True)
        once, twice = model(activation(), activation()), model(shared, shared)
    target = torch.tensor([1])
    expected = explain(network(once, 2), images(1), target, "guided_grad_cam")
    assert expected.max() > 0
    actual = explain(network(twice, 2), images(1), target, "guided_grad_cam")
    torch.testing.assert_close(actual, expected)


@pytest.mark.parametrize(
    ("name", "layer"),
    [("convnet", "6"), ("vgg", "10"), ("resnet", "layer4"), ("mobilenet", "features")],
)
def test_grad_cam_reads_the_last_layer_with_maps_of_3x3_or_more(name: str, layer: str) -> None:
    model = FAMILIES[name]().eval()
    assert last_spatial_layer(model) is model.get_submodule(layer)


@pytest.mark.parametrize("name", PRESETS)
def test_grad_cam_reads_finished_maps_of_every_preset(name: str) -> None:
    """Never the bare sums of a convolution, nor what a pooling left of them."""
    model = build_model(PRESETS[name], 10).eval()
    chosen = last_spatial_layer(model)
    leaves = [module for module in model.modules() if not any(module.children())]
    made: list[tuple[nn.Module, torch.Tensor]] = []

    def note(module: nn.Module, _: object, output: torch.Tensor) -> None:
        made.append((module, output))

    hooks = [module.register_forward_hook(note) for module in [*leaves, chosen]]
    model(images(2).permute(0, 3, 1, 2) / 255)
    for hook in hooks:
        hook.remove()
    (maps,) = [output for module, output in made if module is chosen][-1:]
    makers = [module for module, output in made if output is maps]
    assert min(maps.shape[2:]) >= 3
    assert not any(isinstance(m, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d) for m in makers)


@pytest.mark.parametrize("name", ["best", "speed-94"])
def test_networks_that_pool_before_they_activate_are_read_at_their_end(name: str) -> None:
    model = build_model(PRESETS[name], 10)
    layers = list(model.children())
    last = next(n for n, layer in enumerate(layers) if isinstance(layer, nn.AdaptiveMaxPool2d))
    assert last_spatial_layer(model) is layers[last - 1]  # 3x3 places, after the last activation


def test_the_search_for_that_layer_leaves_no_hook_when_the_model_fails() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Linear(7, 7))
    with pytest.raises(RuntimeError):
        last_spatial_layer(model)
    assert not any(module._forward_hooks for module in model.modules())


def test_grad_cam_refuses_a_network_without_maps() -> None:
    with pytest.raises(ConvscopeError, match="3x3"):
        explain(network(linear(), 2), images(1), CLASS_1, "grad_cam")
