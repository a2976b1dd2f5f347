"""Every saliency method behind one interface."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.errors import ConvscopeError
from core.explanation.grad_cam import grad_cam
from core.explanation.guided_grad_cam import guided_grad_cam, only_relu
from core.explanation.integrated_gradients import integrated_gradients
from core.explanation.occlusion import occlusion
from core.explanation.saliency import saliency
from core.explanation.smoothgrad import smoothgrad
from core.models.network import Network


@dataclass(frozen=True)
class Method:
    """A way to say which pixels spoke for a class.

    meaning: what it shows and how to read it, one paragraph in plain language
    signed: whether values below zero occur, and mean "against the class"
    attribute: (model, inputs [N, 3, 32, 32], targets [N], images in a pass) to [N, 32, 32]
    """

    title: str
    meaning: str
    citation: str
    signed: bool
    attribute: Callable[[nn.Module, Tensor, Tensor, int], Tensor]
    needs_relu: bool = False


METHODS: dict[str, Method] = {
    "saliency": Method(
        title="Saliency",
        meaning=(
            "How strongly the score of the class would react to a tiny change of each pixel. "
            "Bright pixels are sensitive, which is not the same as being evidence: the map is "
            "often grainy, and it says nothing about which way the score would move."
        ),
        citation="Simonyan, Vedaldi & Zisserman 2013, arXiv:1312.6034",
        signed=False,
        attribute=saliency,
    ),
    "smoothgrad": Method(
        title="SmoothGrad",
        meaning=(
            "Saliency, averaged over many copies of the image with a little noise added. What is "
            "sensitive by chance cancels out; what stays bright is sensitive throughout the "
            "neighbourhood of the image. Read it as a calmer saliency map."
        ),
        citation="Smilkov et al. 2017, arXiv:1706.03825",
        signed=False,
        attribute=smoothgrad,
    ),
    "integrated_gradients": Method(
        title="Integrated gradients",
        meaning=(
            "Shares out the score among the pixels: the picture is faded in from the mean colour "
            "of the training images, and each pixel's part in the change is added up on the way. "
            "Positive pixels raised the score of the class and negative ones lowered it; together "
            "they make up nearly the whole change. Pixels that look like the mean colour get "
            "little, whatever they show."
        ),
        citation="Sundararajan, Taly & Yan 2017, arXiv:1703.01365",
        signed=True,
        attribute=integrated_gradients,
    ),
    "grad_cam": Method(
        title="Grad-CAM",
        meaning=(
            "Where the last layer that still has a map of the picture found evidence for the "
            "class. It is coarse (a map of 3x3 to 8x8 places, enlarged), but it follows the class "
            "well: ask for another class and another part lights up. Only evidence in favour is "
            "shown."
        ),
        citation="Selvaraju et al. 2016, arXiv:1610.02391",
        signed=False,
        attribute=grad_cam,
    ),
    "guided_grad_cam": Method(
        title="Guided Grad-CAM",
        meaning=(
            "Fine detail inside the region that Grad-CAM points at. It looks crisp because guided "
            "backpropagation redraws the edges of the picture, much the same for every class and "
            "even for untrained networks; trust the region more than the lines."
        ),
        citation="Selvaraju et al. 2016, arXiv:1610.02391; Springenberg et al. 2014, "
        "arXiv:1412.6806",
        signed=False,
        attribute=guided_grad_cam,
        needs_relu=True,
    ),
    "occlusion": Method(
        title="Occlusion",
        meaning=(
            "What happens when a square of 8x8 pixels is covered with the mean colour of the "
            "training images. Positive places lower the score of the class when they are hidden, "
            "so the network leans on them; hiding negative places raises it. It is coarse, but it "
            "is an experiment on the network and not a calculation about it."
        ),
        citation="Zeiler & Fergus 2013, arXiv:1311.2901",
        signed=True,
        attribute=occlusion,
    ),
}


def methods_for(network: Network) -> dict[str, Method]:
    """The methods that are defined for this network's activations."""
    return {
        name: method
        for name, method in METHODS.items()
        if not method.needs_relu or only_relu(network.model)
    }


def explain(
    network: Network, images: Tensor, targets: Tensor, method: str, batch_size: int = 128
) -> Tensor:
    """Which pixels of each image spoke for its target class.

    images: uint8 [N, 32, 32, 3]; targets: int64 [N], indices into the network's classes;
    batch_size: images in one pass of the model. Returns float32 [N, 32, 32] on the CPU, in units
    of the method (see METHODS). May run in several threads at once: it leaves the model, its
    mode, hooks and gradients, and the global random state as they were.

    Raises ConvscopeError for a method that is unknown or not defined for this network, and for a
    target that is not one of its classes.
    """
    if method not in METHODS:
        raise ConvscopeError(f"There is no method {method!r}; choose one of {', '.join(METHODS)}.")
    if len(targets) and not 0 <= int(targets.min()) <= int(targets.max()) < len(network.classes):
        raise ConvscopeError(
            f"A target is not one of the network's {len(network.classes)} classes; "
            f"they are numbered from 0 to {len(network.classes) - 1}."
        )
    attribute = METHODS[method].attribute
    maps = [
        attribute(network.model, network.input(batch), labels.to(network.device), batch_size)
        for batch, labels in zip(images.split(batch_size), targets.split(batch_size), strict=True)
        if len(batch)
    ]
    return torch.cat([torch.empty(0, *images.shape[1:3]), *(each.float().cpu() for each in maps)])
