"""Every saliency method behind one interface."""

import torch
from torch import Tensor

from core.errors import ConvscopeError
from core.explanation.copies import contrasted
from core.explanation.deep_lift import DEEP_LIFT
from core.explanation.grad_cam import GRAD_CAM
from core.explanation.gradient_shap import GRADIENT_SHAP
from core.explanation.guided import DECONVOLUTION, GUIDED_BACKPROP, GUIDED_GRAD_CAM
from core.explanation.input_x_gradient import INPUT_X_GRADIENT
from core.explanation.integrated_gradients import INTEGRATED_GRADIENTS
from core.explanation.layer_cam import HIRES_CAM, LAYER_CAM
from core.explanation.method import Method, Settings, only_relu
from core.explanation.occlusion import OCCLUSION
from core.explanation.saliency import SALIENCY
from core.explanation.smoothgrad import SMOOTHGRAD
from core.explanation.superpixels import SUPERPIXELS
from core.models.network import Network

METHODS: dict[str, Method] = {
    "saliency": SALIENCY,
    "smoothgrad": SMOOTHGRAD,
    "input_x_gradient": INPUT_X_GRADIENT,
    "integrated_gradients": INTEGRATED_GRADIENTS,
    "deep_lift": DEEP_LIFT,
    "gradient_shap": GRADIENT_SHAP,
    "grad_cam": GRAD_CAM,
    "layer_cam": LAYER_CAM,
    "layer_evidence": HIRES_CAM,
    "guided_grad_cam": GUIDED_GRAD_CAM,
    "guided_backprop": GUIDED_BACKPROP,
    "deconvolution": DECONVOLUTION,
    "occlusion": OCCLUSION,
    "superpixels": SUPERPIXELS,
}
DEFAULTS: Settings = {}


def methods_for(network: Network) -> dict[str, Method]:
    """The methods that are defined for this network's activations."""
    return {
        name: method
        for name, method in METHODS.items()
        if not method.needs_relu or only_relu(network.model)
    }


def explain(
    network: Network,
    images: Tensor,
    targets: Tensor,
    method: str,
    batch_size: int = 128,
    settings: Settings = DEFAULTS,
    against: int | None = None,
) -> Tensor:
    """Which pixels of each image spoke for its target class.

    images: uint8 [N, 32, 32, 3]; targets: int64 [N], indices into the network's classes;
    batch_size: images in one pass of the model; settings: what differs from the method's defaults;
    against: a class, for which pixels spoke for the target and not for this one. Returns float32
    [N, 32, 32] on the CPU, in units of the method (see METHODS). May run in several threads at
    once: it leaves the model, its mode, hooks and gradients, and the global random state as they
    were.

    Raises ConvscopeError for a method that is unknown or not defined for this network, for a
    setting that it does not have or that is out of range, for a class that the network does not
    have, and for a target that is the class it is held against.
    """
    if method not in METHODS:
        raise ConvscopeError(f"There is no method {method!r}; choose one of {', '.join(METHODS)}.")
    METHODS[method].check(settings)
    asked = targets if against is None else torch.cat((targets, targets.new_tensor([against])))
    if len(asked) and not 0 <= int(asked.min()) <= int(asked.max()) < len(network.classes):
        raise ConvscopeError(
            f"A target is not one of the network's {len(network.classes)} classes; "
            f"they are numbered from 0 to {len(network.classes) - 1}."
        )
    if against is not None and (targets == against).any():
        raise ConvscopeError("A class cannot be held against itself; choose another one.")
    model = network.model if against is None else contrasted(network.model, against)
    attribute = METHODS[method].attribute
    maps = [
        attribute(model, network.input(batch), labels.to(network.device), batch_size, **settings)
        for batch, labels in zip(images.split(batch_size), targets.split(batch_size), strict=True)
        if len(batch)
    ]
    return torch.cat([torch.empty(0, *images.shape[1:3]), *(each.float().cpu() for each in maps)])
