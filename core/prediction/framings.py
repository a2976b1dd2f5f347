"""One picture framed several ways, and what a network says of them together."""

from dataclasses import replace

import torch
from torch import Tensor

from core.decoding import CENTRE, Fit, Part, Picture
from core.models.network import Network
from core.prediction.predict import to_input

INNER = 0.8  # of the part's side, for the closer look


def framings(picture: Picture, fit: Fit = "crop", part: Part = CENTRE) -> Tensor:
    """The picture as `to_input` gives it, closer by a fifth where a part is taken, and each of them
    mirrored: uint8 [4 or 2, 32, 32, 3], the first as it is.

    docs/predict.md has what their mean is worth on photographs (`python -m core bench framing`).
    """
    parts = [part, replace(part, side=part.side * INNER)] if fit == "crop" else [part]
    images = torch.stack([to_input(picture, fit, part) for part in parts])
    return torch.cat([images, images.flip(2)])


def mean_probabilities(network: Network, images: Tensor) -> Tensor:
    """The mean of the calibrated probabilities of uint8 [N, 32, 32, 3] images: float32 [classes].
    Raises ConvscopeError as `Network.probabilities`."""
    return network.probabilities(network.logits(images)).mean(0)
