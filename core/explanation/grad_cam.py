"""Grad-CAM (Selvaraju et al. 2016, arXiv:1610.02391, section 3)."""

from captum.attr import LayerAttribution, LayerGradCam
from torch import Tensor, nn

from core.data.dataset import IMAGE_SIZE
from core.explanation.copies import private_copy
from core.explanation.layers import layer_to_read
from core.explanation.method import Method


def grad_cam(
    model: nn.Module, inputs: Tensor, targets: Tensor, _batch_size: int, layer: str | None = None
) -> Tensor:
    """Class evidence in a layer, the last spatial one unless another is named, enlarged to
    [N, 32, 32], from 0 upwards."""
    return class_activation(private_copy(model), inputs, targets, layer)


def class_activation(
    model: nn.Module, inputs: Tensor, targets: Tensor, layer: str | None = None
) -> Tensor:
    """As `grad_cam`, but sets its hooks on `model` itself: give it a private copy."""
    method = LayerGradCam(model, layer_to_read(model, layer))
    leaf = inputs.detach().clone().requires_grad_()
    small = method.attribute(leaf, target=targets, relu_attributions=True)
    assert isinstance(small, Tensor)
    return enlarged(small)


def enlarged(maps: Tensor) -> Tensor:
    """[N, 1, h, w] smoothly to [N, 32, 32]."""
    large = LayerAttribution.interpolate(maps.detach(), (IMAGE_SIZE, IMAGE_SIZE), "bilinear")
    return large.squeeze(1)


GRAD_CAM = Method(
    title="Grad-CAM",
    meaning=(
        "Where a layer that still has a map of the picture, the last one unless you choose "
        "another, found evidence for the class. It is coarse there (a map of 3x3 to 8x8 places, "
        "enlarged), but it follows the class well: ask for another class and another part lights "
        "up. Only evidence in favour is shown."
    ),
    citation="Selvaraju et al. 2016, arXiv:1610.02391",
    signed=False,
    attribute=grad_cam,
    by_layer=True,
)
