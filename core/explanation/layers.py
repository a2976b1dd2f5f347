"""The layers of a network that still have a map of the picture."""

import copy
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.data.dataset import IMAGE_SIZE
from core.errors import ConvscopeError
from core.models.graph import Tracing

SMALLEST_MAP = 3  # places, height and width; a 2x2 map could only point at a quarter of the picture
POOLING = (nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveMaxPool2d, nn.AdaptiveAvgPool2d)
PASSING_ON = (nn.Identity, nn.Dropout)  # give what they get
UNFINISHED = (nn.Conv2d, nn.BatchNorm2d, *POOLING)  # what an activation or a shortcut still follows


@dataclass(frozen=True)
class Layer:
    """A layer whose maps can be read.

    name: such as conv3, as `core.models.graph` counts, or a submodule's where that knows none
    modules: names of the submodules in it, the last of which puts out its maps
    maps: how many; places: [side, side] of each
    """

    name: str
    modules: tuple[str, ...]
    maps: int
    places: tuple[int, int]

    @property
    def title(self) -> str:
        return f"{self.name} · {self.maps} maps of {self.places[0]}x{self.places[1]}"


@dataclass(frozen=True, eq=False)
class _Seen:
    name: str
    layer: str
    module: nn.Module
    maker: nn.Module  # the last layer without parts of its own that ran
    maps: Tensor  # [1, C, H, W]


def layers_of(model: nn.Module) -> list[Layer]:
    """The finished layers, first to last: those that run once, with maps of at least 3x3 that come
    out of an activation or a shortcut, and the one that Grad-CAM reads at first; each with the
    normalisation that follows it."""
    seen = _seen(model)
    default = _last_spatial(seen)
    runs = Counter(s.name for s in seen)
    parts: dict[str, list[_Seen]] = {}
    for s in seen:
        if s.name and runs[s.name] == 1:
            parts.setdefault(s.layer, []).append(s)
    return [
        Layer(name, tuple(s.name for s in of), of[-1].maps.shape[1], _side(of[-1].maps))
        for name, of in parts.items()
        if any(s.module is default or not isinstance(s.maker, UNFINISHED) for s in of)
    ]


def layer_to_read(model: nn.Module, name: str | None) -> nn.Module:
    """The named one of `layers_of`, or where none is named the last one. A submodule's name stands
    for the layer that it is in, as these once were the only names. Raises ConvscopeError for a
    layer that has no maps to read."""
    if name is None:
        return last_spatial_layer(model)
    layers = layers_of(model)
    for layer in layers:
        if name in (layer.name, *layer.modules):
            return model.get_submodule(layer.modules[-1])
    known = ", ".join(layer.name for layer in layers)
    raise ConvscopeError(
        f"The layer {name[:40]!r} has no maps of {SMALLEST_MAP}x{SMALLEST_MAP} or larger to be "
        f"read, or is none of this network's; choose one of {known}."
    )


def last_spatial_layer(model: nn.Module) -> nn.Module:
    """The layer that Grad-CAM reads: the last one with maps of at least 3x3 that come out of a
    normalisation, an activation or a shortcut. Maps straight out of a pooling or of a convolution,
    which some networks pool before they activate it, don't count where there are others.

    Raises ConvscopeError when no convolution puts out maps that large.
    """
    return _last_spatial(_seen(model))


def _last_spatial(seen: Sequence[_Seen]) -> nn.Module:
    """As `last_spatial_layer`, of what was seen."""
    convolutions = [s.module for s in seen if isinstance(s.module, nn.Conv2d)]
    if not convolutions:
        raise ConvscopeError(
            f"Grad-CAM needs a convolution whose maps are {SMALLEST_MAP}x{SMALLEST_MAP} or larger, "
            "and this network has none; choose another method."
        )
    results = [s.module for s in seen if not isinstance(s.maker, (nn.Conv2d, *POOLING))]
    return (results or convolutions)[-1]


def _seen(model: nn.Module) -> list[_Seen]:
    """Every layer that puts out large maps, in the order in which they end. Runs a copy of the
    model once, on an empty image: other threads may use, or copy, the model itself meanwhile."""
    seen: list[_Seen] = []
    duplicate = copy.deepcopy(model)
    pairs = zip(duplicate.named_modules(), model.modules(), strict=True)
    own = {twin: (name, module) for (name, twin), module in pairs}
    maker: nn.Module = model

    def record(module: nn.Module, _inputs: object, output: object) -> None:
        nonlocal maker
        name, original = own[module]
        if not any(module.children()) and not isinstance(module, PASSING_ON):
            maker = original
        if isinstance(output, Tensor) and output.dim() == 4 and _is_large(output):
            seen.append(_Seen(name, tracing.made_by(output) or name, original, maker, output))

    for module in duplicate.modules():
        module.register_forward_hook(record)
    device = next(duplicate.parameters()).device
    image = torch.zeros(1, 3, IMAGE_SIZE, IMAGE_SIZE, device=device)
    with torch.no_grad(), Tracing(duplicate, image) as tracing:
        duplicate(image)
    return seen


def _side(maps: Tensor) -> tuple[int, int]:
    return maps.shape[2], maps.shape[3]


def _is_large(maps: Tensor) -> bool:
    return min(maps.shape[2:]) >= SMALLEST_MAP
