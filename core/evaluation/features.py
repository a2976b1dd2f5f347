"""What a network makes of images before it gives them scores: its penultimate features."""

import copy
from dataclasses import replace

import numpy as np
from torch import Tensor, nn

from core.data.pictures import Report, silent
from core.models.network import Network


def features_of(network: Network, images: Tensor, report: Report = silent) -> np.ndarray:
    """The input of the layer that makes the class scores: uint8 [N, 32, 32, 3] to float32 [N, D].

    In every family that layer is the last nn.Linear (see `core.models.families`). A copy of the
    model ends before it; the model itself stays as it is.
    """
    model = copy.deepcopy(network.model)
    last = [name for name, layer in model.named_modules() if isinstance(layer, nn.Linear)][-1]
    model.set_submodule(last, nn.Identity())
    return replace(network, model=model).logits(images, report=report).numpy()
