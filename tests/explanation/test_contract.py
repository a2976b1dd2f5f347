"""What every method promises, on every architecture family."""

import copy
import itertools
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest
import torch
from fake_cuda import CUDA, fake_cuda
from small_networks import FAMILIES, PRESETS, convnet, family, images, network
from torch import Tensor, nn

from core.errors import ConvscopeError
from core.explanation import METHODS, explain, methods_for
from core.explanation.layers import last_spatial_layer, layer_to_read, layers_of
from core.inside.outputs import output_of, step_named
from core.models.graph import trace
from core.models.network import Network

pytestmark = pytest.mark.slow

cached_family = cache(family)


def no_hooks(model: nn.Module) -> bool:
    return not any(
        module._forward_hooks or module._forward_pre_hooks or module._backward_hooks
        for module in model.modules()
    )


def quickest(method: str) -> dict[str, float]:
    """As few passes through the network as the method may be asked for."""
    passes = ("steps", "samples")
    return {each.name: each.low for each in METHODS[method].parameters if each.name in passes}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", [*FAMILIES, *PRESETS])
def test_every_method_explains_every_family_and_preset(name: str, method: str) -> None:
    net = cached_family(name)
    if method not in methods_for(net):
        return  # see test_what_is_defined_for_relu_is_offered_for_relu_only
    pictures, targets = images(3), torch.tensor([0, 4, 9])
    weights = {key: value.clone() for key, value in net.model.state_dict().items()}
    learning = [parameter.requires_grad for parameter in net.model.parameters()]
    random_state = torch.get_rng_state()

    maps = explain(net, pictures, targets, method, settings=quickest(method))

    assert maps.shape == (3, 32, 32)
    assert maps.dtype == torch.float32
    assert not maps.requires_grad
    assert maps.isfinite().all()
    assert maps.abs().amax((1, 2)).count_nonzero() >= 2  # Grad-CAM may find nothing in favour
    if not METHODS[method].signed:
        assert maps.min() >= 0

    assert no_hooks(net.model)
    assert not net.model.training
    assert all(parameter.grad is None for parameter in net.model.parameters())
    assert [parameter.requires_grad for parameter in net.model.parameters()] == learning
    assert all(value.equal(weights[key]) for key, value in net.model.state_dict().items())
    assert torch.get_rng_state().equal(random_state)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.filterwarnings("ignore:The .grad attribute")  # the fake mode looks at all of them
def test_every_method_computes_on_a_gpu(
    name: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_cuda(monkeypatch):
        net = network(FAMILIES[name]().to(CUDA))
        inputs = net.input(torch.zeros(3, 32, 32, 3, dtype=torch.uint8))
        maps = METHODS[method].attribute(net.model, inputs, torch.arange(3, device=CUDA), 64)
        assert (maps.device.type, maps.shape) == ("cuda", (3, 32, 32))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["convnet", "vgg"])
def test_an_image_is_explained_the_same_alone_and_among_others(name: str, method: str) -> None:
    net = cached_family(name)
    pictures, targets = images(5), torch.tensor([3, 1, 4, 1, 5])
    together = explain(net, pictures, targets, method)
    in_twos = explain(net, pictures, targets, method, batch_size=2)
    alone = explain(net, pictures[4:], targets[4:], method)
    tolerance = float(together.abs().max()) * 1e-3
    torch.testing.assert_close(in_twos, together, rtol=0, atol=tolerance)
    torch.testing.assert_close(alone, together[4:], rtol=0, atol=tolerance)


@pytest.mark.parametrize("method", METHODS)
def test_the_target_class_matters(method: str) -> None:
    net = cached_family("convnet")
    maps = explain(net, images(1).expand(10, -1, -1, -1), torch.arange(10), method)
    assert len({tuple(each.flatten().tolist()) for each in maps}) >= 5


def test_threads_explaining_at_once_get_what_one_gets() -> None:
    net, pictures, targets = cached_family("resnet"), images(1), torch.tensor([7])

    def maps(method: str) -> torch.Tensor:
        return explain(net, pictures, targets, method)

    expected = [maps(method) for method in METHODS]
    with ThreadPoolExecutor(max_workers=4) as pool:
        at_once = list(pool.map(maps, list(METHODS) * 2))
    for method_map, wanted in zip(at_once, expected * 2, strict=True):
        torch.testing.assert_close(method_map, wanted)


class Breaks(nn.Module):
    def forward(self, _: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("broken on purpose")


@pytest.mark.parametrize("method", METHODS)
def test_a_failure_leaves_no_hook_behind(method: str) -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), Breaks())
    with pytest.raises(RuntimeError, match="broken on purpose"):
        explain(network(model), images(1), torch.tensor([0]), method)
    assert no_hooks(model)
    assert all(parameter.grad is None for parameter in model.parameters())


@pytest.mark.parametrize("activation", [nn.GELU, nn.SiLU, nn.Tanh, nn.LeakyReLU, nn.ELU])
def test_what_is_defined_for_relu_is_offered_for_relu_only(activation: type[nn.Module]) -> None:
    net = network(convnet(activation))
    refused = {"guided_grad_cam", "guided_backprop", "deconvolution"}
    assert set(methods_for(net)) == set(METHODS) - refused
    for method in methods_for(net):
        assert explain(net, images(1), torch.tensor([1]), method).isfinite().all()
    for method in refused:
        with pytest.raises(ConvscopeError, match="ReLU"):
            explain(net, images(1), torch.tensor([1]), method)


@pytest.mark.parametrize("name", FAMILIES)
def test_all_methods_are_offered_for_relu_networks(name: str) -> None:
    assert methods_for(cached_family(name)) == METHODS


def test_an_unknown_method_and_a_class_that_is_not_there_are_refused() -> None:
    net: Network = cached_family("convnet")
    with pytest.raises(ConvscopeError, match="no method 'tea leaves'"):
        explain(net, images(1), torch.tensor([0]), "tea leaves")
    for target in (10, -1):
        with pytest.raises(ConvscopeError, match="from 0 to 9"):
            explain(net, images(1), torch.tensor([target]), "saliency")


def test_no_images_give_no_maps() -> None:
    nothing = torch.empty(0, dtype=torch.int64)
    assert explain(cached_family("convnet"), images(0), nothing, "occlusion").shape == (0, 32, 32)


@pytest.mark.parametrize("method", METHODS)
def test_a_class_is_held_against_another_on_a_model_that_stays_as_it_was(method: str) -> None:
    net, pictures, targets = cached_family("vgg"), images(2), torch.tensor([3, 5])
    alone = explain(net, pictures, targets, method)
    against = explain(net, pictures, targets, method, against=8)
    assert no_hooks(net.model)
    assert not torch.allclose(against, alone)
    assert explain(net, pictures, targets, method).equal(alone)  # the same on a second call


def settings_out_of_range() -> list[tuple[str, dict[str, float | str]]]:
    parameters = [(name, each) for name, method in METHODS.items() for each in method.parameters]
    return [
        *[(name, {each.name: each.low - each.step}) for name, each in parameters],
        *[(name, {each.name: each.high + each.step}) for name, each in parameters],
        *[(name, {each.name: "many"}) for name, each in parameters],
    ]


@pytest.mark.parametrize(("method", "settings"), settings_out_of_range())
def test_a_setting_out_of_its_range_is_refused(
    method: str, settings: dict[str, float | str]
) -> None:
    with pytest.raises(ConvscopeError, match=r"choose a .*number from"):
        explain(cached_family("convnet"), images(1), torch.tensor([0]), method, settings=settings)


def test_a_setting_and_a_layer_that_are_not_there_are_refused() -> None:
    net, target = cached_family("convnet"), torch.tensor([0])
    with pytest.raises(ConvscopeError, match="no setting 'layer'"):
        explain(net, images(1), target, "saliency", settings={"layer": "conv1"})
    for layer in ("8", "10", "nowhere"):  # 1x1 maps, no maps, no layer
        with pytest.raises(ConvscopeError, match="choose one of conv1, conv2"):
            explain(net, images(1), target, "grad_cam", settings={"layer": layer})
    with pytest.raises(ConvscopeError, match="against itself"):
        explain(net, images(1), target, "saliency", against=0)
    with pytest.raises(ConvscopeError, match="from 0 to 9"):
        explain(net, images(1), target, "saliency", against=10)


@pytest.mark.parametrize("name", [*FAMILIES, *PRESETS])
def test_every_layer_that_is_offered_can_be_read(name: str) -> None:
    net = cached_family(name)
    layers = layers_of(net.model)
    assert last_spatial_layer(net.model) is net.model.get_submodule(layers[-1].modules[-1])
    assert len({layer.name for layer in layers}) == len(layers)
    by_layer = itertools.cycle(name for name, each in methods_for(net).items() if each.by_layer)
    for layer, method in zip(layers, by_layer, strict=False):
        settings = {"layer": layer.name}
        maps = explain(net, images(1), torch.tensor([1]), method, settings=settings)
        assert maps.isfinite().all()
    assert no_hooks(net.model)


@pytest.mark.parametrize("name", PRESETS)
def test_layers_are_called_as_inside_and_hold_what_it_shows(name: str) -> None:
    model, picture = cached_family(name).model, torch.rand(1, 3, 32, 32)
    steps = trace(PRESETS[name], 10)
    kept: dict[str, Tensor] = {}
    for layer in layers_of(model):
        read = layer_to_read(copied := copy.deepcopy(model), layer.name)
        read.register_forward_hook(lambda *given, layer=layer: kept.update({layer.name: given[2]}))
        with torch.no_grad():
            copied(picture)
            shown = output_of(model, picture, step_named(steps, layer.name))
        torch.testing.assert_close(kept[layer.name], shown)
        by_module = {layer_to_read(model, module) for module in layer.modules}
        assert by_module == {layer_to_read(model, layer.name)}


def test_layers_are_listed_while_other_threads_explain() -> None:
    net, pictures = network(convnet()), images(1)
    expected = layers_of(net.model)

    def ask(number: int) -> object:
        if number % 2:
            return layers_of(net.model) == expected
        return explain(net, pictures, torch.tensor([1]), "grad_cam").isfinite().all()

    with ThreadPoolExecutor(max_workers=4) as pool:
        assert all(pool.map(ask, range(200)))
