"""Guided Grad-CAM (Selvaraju et al. 2016, arXiv:1610.02391, section 3.2), made of Grad-CAM and
guided backpropagation (Springenberg et al. 2014, arXiv:1412.6806, section 3.4)."""

from torch import Tensor, nn

from core.errors import ConvscopeError
from core.explanation.grad_cam import class_activation, private_copy
from core.explanation.saliency import gradient


def guided_grad_cam(model: nn.Module, inputs: Tensor, targets: Tensor, _batch_size: int) -> Tensor:
    """The largest absolute guided gradient over the channels times Grad-CAM, [N, 32, 32], from 0
    upwards.

    Raises ConvscopeError when the model has activations other than ReLU and ReLU6, for which
    guided backpropagation is not defined.
    """
    if not only_relu(model):
        raise ConvscopeError(
            "Guided Grad-CAM is defined only for networks whose activation is ReLU; choose Grad-CAM"
            " or another method for this one."
        )
    guided = gradient(_guided_copy(model), inputs, targets).abs().amax(dim=1)
    return guided * class_activation(private_copy(model), inputs, targets)


def only_relu(model: nn.Module) -> bool:
    """Whether every activation among the model's modules is a ReLU or a ReLU6."""
    return all(
        isinstance(module, nn.ReLU | nn.ReLU6)
        for module in model.modules()
        if type(module).__module__ == nn.ReLU.__module__
    )


def _guided_copy(model: nn.Module) -> nn.Module:
    """Captum's guided backpropagation sets hooks that miscount where a model uses one ReLU module
    twice, as torchvision's ResNet does, and passes over ReLU6; replaced modules do neither."""
    duplicate = private_copy(model)
    for name, module in list(duplicate.named_modules(remove_duplicate=False)):
        if isinstance(module, nn.ReLU | nn.ReLU6):
            duplicate.set_submodule(name, nn.Sequential(module, _Guided()))
    return duplicate


class _Guided(nn.Module):
    """Lets only gradients above zero pass back."""

    def forward(self, values: Tensor) -> Tensor:
        values.register_hook(lambda gradients: gradients.clamp(min=0))
        return values
