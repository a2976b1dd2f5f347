"""Evidence place by place, in any layer: Layer-CAM (Jiang et al. 2021, IEEE Transactions on Image
Processing 30, section III) and HiResCAM (Draelos & Carin 2020, arXiv:2011.08891, section 3)."""

import torch
from torch import Tensor, nn

from core.explanation.copies import private_copy
from core.explanation.grad_cam import enlarged
from core.explanation.layers import layer_to_read
from core.explanation.method import Method


def layer_cam(
    model: nn.Module, inputs: Tensor, targets: Tensor, _batch_size: int, layer: str | None = None
) -> Tensor:
    """The maps of a layer, each place weighed by its own gradient where that is above zero, summed
    and enlarged to [N, 32, 32], from 0 upwards."""
    maps, gradients = _maps_and_gradients(model, inputs, targets, layer)
    return enlarged((maps * gradients.clamp(min=0)).sum(1, keepdim=True).clamp(min=0))


def hires_cam(
    model: nn.Module, inputs: Tensor, targets: Tensor, _batch_size: int, layer: str | None = None
) -> Tensor:
    """The maps of a layer, each place weighed by its own gradient, summed and enlarged to
    [N, 32, 32], signed."""
    maps, gradients = _maps_and_gradients(model, inputs, targets, layer)
    return enlarged((maps * gradients).sum(1, keepdim=True))


def _maps_and_gradients(
    model: nn.Module, inputs: Tensor, targets: Tensor, layer: str | None
) -> tuple[Tensor, Tensor]:
    """Both [N, C, h, w]; the gradient is that of each image's target logit."""
    duplicate = private_copy(model)
    kept: list[Tensor] = []
    layer_to_read(duplicate, layer).register_forward_hook(lambda *given: kept.append(given[2]))
    with torch.enable_grad():
        scores = duplicate(inputs.detach().clone().requires_grad_())
        score = scores.gather(1, targets[:, None]).sum()
        (gradients,) = torch.autograd.grad(score, kept[-1])
    return kept[-1].detach(), gradients


LAYER_CAM = Method(
    title="Layer-CAM",
    meaning=(
        "As Grad-CAM, but every place of the layer has a weight of its own, so that it stays true "
        "in early layers, whose maps are finer. Choose a layer to see what the network had found "
        "by then. Only evidence in favour is shown."
    ),
    citation="Jiang et al. 2021, IEEE Transactions on Image Processing 30",
    signed=False,
    attribute=layer_cam,
    by_layer=True,
)

HIRES_CAM = Method(
    title="Layer evidence",
    meaning=(
        "What each place of a layer adds to the score or takes from it, as far as a straight line "
        "tells: activation times gradient. Unlike Grad-CAM it also shows what speaks against the "
        "class, and in the last layer of a network without dense layers it leaves nothing out."
    ),
    citation="Draelos & Carin 2020 (HiResCAM), arXiv:2011.08891",
    signed=True,
    attribute=hires_cam,
    by_layer=True,
)
