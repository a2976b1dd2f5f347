"""Grad-CAM (Selvaraju et al. 2016, arXiv:1610.02391, section 3)."""

import copy

import torch
from captum.attr import LayerAttribution, LayerGradCam
from torch import Tensor, nn

from core.data.dataset import IMAGE_SIZE
from core.errors import ConvscopeError

SMALLEST_MAP = 3  # places, height and width; a 2x2 map could only point at a quarter of the picture
POOLING = (nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveMaxPool2d, nn.AdaptiveAvgPool2d)
PASSING_ON = (nn.Identity, nn.Dropout)  # give what they get


def grad_cam(model: nn.Module, inputs: Tensor, targets: Tensor, _batch_size: int) -> Tensor:
    """Class evidence in the last spatial layer, enlarged to [N, 32, 32], from 0 upwards."""
    return class_activation(private_copy(model), inputs, targets)


def class_activation(model: nn.Module, inputs: Tensor, targets: Tensor) -> Tensor:
    """As `grad_cam`, but sets its hooks on `model` itself: give it a private copy."""
    method = LayerGradCam(model, last_spatial_layer(model))
    leaf = inputs.detach().clone().requires_grad_()
    small = method.attribute(leaf, target=targets, relu_attributions=True)
    assert isinstance(small, Tensor)
    large = LayerAttribution.interpolate(small.detach(), (IMAGE_SIZE, IMAGE_SIZE), "bilinear")
    return large.squeeze(1)


def private_copy(model: nn.Module) -> nn.Module:
    """A copy that hooks may be set on while other threads use the original.

    Activations that overwrite their input would overwrite a hooked layer's output with it, so in
    the copy none does.
    """
    duplicate = copy.deepcopy(model)
    for module in duplicate.modules():
        if "inplace" in vars(module):
            vars(module)["inplace"] = False
    return duplicate


def last_spatial_layer(model: nn.Module) -> nn.Module:
    """The layer that Grad-CAM reads: the last one with maps of at least 3x3 that come out of a
    normalisation, an activation or a shortcut. Maps straight out of a pooling or of a convolution,
    which some networks pool before they activate it, don't count where there are others.

    Runs the model once, on an empty image, with hooks that are gone afterwards. Raises
    ConvscopeError when no convolution puts out maps that large.
    """
    seen: list[tuple[nn.Module, nn.Module]] = []  # with maps, and the layer that made them
    maker: nn.Module = model

    def record(module: nn.Module, _inputs: object, output: object) -> None:
        nonlocal maker
        if not any(module.children()) and not isinstance(module, PASSING_ON):
            maker = module
        if isinstance(output, Tensor) and output.dim() == 4 and _is_large(output):
            seen.append((module, maker))

    hooks = [module.register_forward_hook(record) for module in model.modules()]
    try:
        with torch.no_grad():
            device = next(model.parameters()).device
            model(torch.zeros(1, 3, IMAGE_SIZE, IMAGE_SIZE, device=device))
    finally:
        for hook in hooks:
            hook.remove()
    convolutions = [module for module, _ in seen if isinstance(module, nn.Conv2d)]
    if not convolutions:
        raise ConvscopeError(
            f"Grad-CAM needs a convolution whose maps are {SMALLEST_MAP}x{SMALLEST_MAP} or larger, "
            "and this network has none; choose another method."
        )
    results = [module for module, maker in seen if not isinstance(maker, (nn.Conv2d, *POOLING))]
    return (results or convolutions)[-1]


def _is_large(maps: Tensor) -> bool:
    return min(maps.shape[2:]) >= SMALLEST_MAP
