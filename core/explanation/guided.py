"""Signals sent back through ReLUs in their own ways: guided backpropagation (Springenberg et al.
2014, arXiv:1412.6806, section 3.4), deconvolution (Zeiler & Fergus 2013, arXiv:1311.2901, section
2.1) and guided Grad-CAM (Selvaraju et al. 2016, arXiv:1610.02391, section 3.2).

Captum's hooks miscount where a model uses one ReLU twice, as torchvision's ResNet does, and pass
over ReLU6; replaced modules do neither."""

from torch import Tensor, nn

from core.errors import ConvscopeError
from core.explanation.copies import private_copy, replaced
from core.explanation.grad_cam import class_activation
from core.explanation.method import Method, only_relu
from core.explanation.saliency import gradient

RELUS = (nn.ReLU, nn.ReLU6)


def guided_backprop(model: nn.Module, inputs: Tensor, targets: Tensor, _batch_size: int) -> Tensor:
    """The largest absolute guided gradient over the channels, [N, 32, 32], from 0 upwards.

    Raises ConvscopeError when the model has activations other than ReLU and ReLU6.
    """
    _ensure_relu(model, "Guided backpropagation")
    return _guided(model, inputs, targets)


def deconvolution(model: nn.Module, inputs: Tensor, targets: Tensor, _batch_size: int) -> Tensor:
    """The largest absolute deconvolved signal over the channels, [N, 32, 32], from 0 upwards.

    Raises ConvscopeError when the model has activations other than ReLU and ReLU6.
    """
    _ensure_relu(model, "Deconvolution")
    deconvolving = replaced(model, RELUS, _Deconvolved)
    return gradient(deconvolving, inputs, targets).abs().amax(dim=1)


def guided_grad_cam(
    model: nn.Module, inputs: Tensor, targets: Tensor, _batch_size: int, layer: str | None = None
) -> Tensor:
    """Guided backpropagation times Grad-CAM, [N, 32, 32], from 0 upwards.

    Raises ConvscopeError when the model has activations other than ReLU and ReLU6.
    """
    _ensure_relu(model, "Guided Grad-CAM")
    region = class_activation(private_copy(model), inputs, targets, layer)
    return _guided(model, inputs, targets) * region


def _ensure_relu(model: nn.Module, title: str) -> None:
    if not only_relu(model):
        raise ConvscopeError(
            f"{title} is defined only for networks whose activation is ReLU; choose Grad-CAM or "
            "another method for this one."
        )


def _guided(model: nn.Module, inputs: Tensor, targets: Tensor) -> Tensor:
    guiding = replaced(model, RELUS, lambda relu: nn.Sequential(relu, _OnlyAboveZero()))
    return gradient(guiding, inputs, targets).abs().amax(dim=1)


class _OnlyAboveZero(nn.Module):
    """Lets only gradients above zero pass back."""

    def forward(self, values: Tensor) -> Tensor:
        if values.requires_grad:
            values.register_hook(lambda gradients: gradients.clamp(min=0))
        return values


class _Deconvolved(nn.Module):
    """Forward a ReLU; back, a ReLU of the gradient, whatever came in."""

    def __init__(self, relu: nn.Module) -> None:
        super().__init__()
        self.relu = relu
        self.back = _OnlyAboveZero()

    def forward(self, values: Tensor) -> Tensor:
        return self.back(self.relu(values).detach() + values - values.detach())


GUIDED_BACKPROP = Method(
    title="Guided backpropagation",
    meaning=(
        "Saliency in which only what argues for the class all the way through is sent back. It "
        "redraws the edges of the picture, much the same for every class and even for untrained "
        "networks, so it shows what the network can see and hardly why it decided."
    ),
    citation="Springenberg et al. 2014, arXiv:1412.6806",
    signed=False,
    attribute=guided_backprop,
    needs_relu=True,
)

DECONVOLUTION = Method(
    title="Deconvolution",
    meaning=(
        "What the network would draw if it ran backwards from the class, each layer keeping only "
        "what is above zero. It was the first of its kind and is kept for comparison: it is grainy "
        "and, as guided backpropagation, says little about the class."
    ),
    citation="Zeiler & Fergus 2013, arXiv:1311.2901",
    signed=False,
    attribute=deconvolution,
    needs_relu=True,
)

GUIDED_GRAD_CAM = Method(
    title="Guided Grad-CAM",
    meaning=(
        "Fine detail inside the region that Grad-CAM points at. It looks crisp because guided "
        "backpropagation redraws the edges of the picture, much the same for every class and "
        "even for untrained networks; trust the region more than the lines."
    ),
    citation="Selvaraju et al. 2016, arXiv:1610.02391; Springenberg et al. 2014, arXiv:1412.6806",
    signed=False,
    attribute=guided_grad_cam,
    by_layer=True,
    needs_relu=True,
)
