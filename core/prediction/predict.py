"""From a picture to what a network thinks it is."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.data.dataset import IMAGE_SIZE
from core.decoding import CENTRE, Fit, Part, Picture, framed
from core.models.network import Network


@dataclass(frozen=True)
class Prediction:
    """The likeliest classes of one image, best first.

    probabilities: calibrated (softmax over all classes at the network's temperature), 0 to 1
    logits: the scores of the same classes before temperature and softmax
    """

    classes: tuple[str, ...]
    probabilities: tuple[float, ...]
    logits: tuple[float, ...]


def to_input(picture: Picture, fit: Fit = "crop", part: Part = CENTRE) -> Tensor:
    """The picture as uint8 [32, 32, 3], red, green and blue from 0 to 255; the rest as `framed`."""
    return torch.from_numpy(np.array(framed(picture, fit, IMAGE_SIZE, part)))


def size_notes(picture: Picture) -> tuple[str, ...]:
    """A sentence where a square of the picture has fewer pixels than networks see, else none."""
    if min(picture.width, picture.height) >= IMAGE_SIZE:
        return ()
    return (
        f"It has {picture.width:,}x{picture.height:,} pixels. The network sees "
        f"{IMAGE_SIZE}x{IMAGE_SIZE}, so the shorter side was enlarged.",
    )


def predict(network: Network, images: Tensor, k: int = 5) -> list[Prediction]:
    """The `k` likeliest classes (all, where there are fewer) of each uint8 [N, 32, 32, 3] image."""
    logits = network.logits(images)
    top, indices = network.probabilities(logits).topk(min(k, len(network.classes)), dim=1)
    scores = logits.gather(1, indices)
    return [
        Prediction(
            classes=tuple(network.classes[index] for index in row),
            probabilities=tuple(probabilities),
            logits=tuple(values),
        )
        for row, probabilities, values in zip(
            indices.tolist(), top.tolist(), scores.tolist(), strict=True
        )
    ]
