"""From a picture to what a network thinks it is."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from core.data.dataset import IMAGE_SIZE
from core.models.network import Network
from core.prediction.picture import Picture

Fit = Literal["crop", "pad", "stretch"]
PADDING = (128, 128, 128)  # mid grey, near the mean of natural photographs


@dataclass(frozen=True)
class Prediction:
    """The likeliest classes of one image, best first.

    probabilities: calibrated (softmax over all classes at the network's temperature), 0 to 1
    logits: the scores of the same classes before temperature and softmax
    """

    classes: tuple[str, ...]
    probabilities: tuple[float, ...]
    logits: tuple[float, ...]


def framed(picture: Picture, fit: Fit, side: int) -> Image.Image:
    """The square of `side` pixels that stands for the picture, antialiased.

    crop: the centre square; pad: the whole picture with grey bars; stretch: the whole picture,
    squeezed. At `side` 32 it is what the network sees; larger, it shows people the same part.
    """
    size = (side, side)
    if fit == "crop":
        return ImageOps.fit(picture.image, size, Image.Resampling.BICUBIC)
    if fit == "stretch":
        return picture.image.resize(size, Image.Resampling.BICUBIC)
    scale = side / max(picture.width, picture.height)
    width = max(1, round(picture.width * scale))
    height = max(1, round(picture.height * scale))
    square = Image.new("RGB", size, PADDING)
    small = picture.image.resize((width, height), Image.Resampling.BICUBIC)
    square.paste(small, ((side - width) // 2, (side - height) // 2))
    return square


def to_input(picture: Picture, fit: Fit = "crop") -> Tensor:
    """The picture as uint8 [32, 32, 3], red, green and blue from 0 to 255; `fit` as `framed`."""
    return torch.from_numpy(np.array(framed(picture, fit, IMAGE_SIZE)))


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
