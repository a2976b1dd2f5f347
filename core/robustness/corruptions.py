"""The corruptions of CIFAR-10-C (Hendrycks & Dietterich 2019, "Benchmarking Neural Network
Robustness to Common Corruptions and Perturbations"), made from any pictures of this size.

Severities are those of its make_cifar_c.py, which are milder than ImageNet-C's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from core.randomness import Stream
from core.robustness import blur, digital, noise, weather
from core.robustness.draws import Draws
from core.robustness.filters import truncated

Family = Literal["noise", "blur", "weather", "digital"]
SEVERITIES = (1, 2, 3, 4, 5)
CHUNK = 250  # pictures that share their random numbers' key, and are in work at once


@dataclass(frozen=True)
class Corruption:
    """title: for people; extra: one of the four that count in no mean, as published"""

    title: str
    family: Family
    apply: Callable[[Tensor, int, Draws], Tensor]
    extra: bool = False


CORRUPTIONS: dict[str, Corruption] = {
    "gaussian_noise": Corruption("Gaussian noise", "noise", noise.gaussian_noise),
    "shot_noise": Corruption("Shot noise", "noise", noise.shot_noise),
    "impulse_noise": Corruption("Impulse noise", "noise", noise.impulse_noise),
    "speckle_noise": Corruption("Speckle noise", "noise", noise.speckle_noise, extra=True),
    "defocus_blur": Corruption("Defocus blur", "blur", blur.defocus_blur),
    "glass_blur": Corruption("Glass blur", "blur", blur.glass_blur),
    "motion_blur": Corruption("Motion blur", "blur", blur.motion_blur),
    "zoom_blur": Corruption("Zoom blur", "blur", blur.zoom_blur),
    "gaussian_blur": Corruption("Gaussian blur", "blur", blur.gaussian_blur, extra=True),
    "snow": Corruption("Snow", "weather", weather.snow),
    "frost": Corruption("Frost", "weather", weather.frost),
    "fog": Corruption("Fog", "weather", weather.fog),
    "brightness": Corruption("Brightness", "weather", weather.brightness),
    "spatter": Corruption("Spatter", "weather", weather.spatter, extra=True),
    "contrast": Corruption("Contrast", "digital", digital.contrast),
    "elastic_transform": Corruption("Elastic", "digital", digital.elastic_transform),
    "pixelate": Corruption("Pixelate", "digital", digital.pixelate),
    "jpeg_compression": Corruption("JPEG", "digital", digital.jpeg_compression),
    "saturate": Corruption("Saturate", "digital", digital.saturate, extra=True),
}
"""By their published names; the order within a family is theirs, too."""


def corrupt(images: Tensor, name: str, severity: int, seed: int = 0) -> Tensor:
    """Pictures under a corruption, the same ones for the same seed.

    images: uint8 [N, 32, 32, 3], on any device; severity: 1 to 5
    Returns uint8 of the same shape, on the same device. The first 250 pictures come out alike
    whatever follows them, and so does each 250 after.
    """
    apply, number = CORRUPTIONS[name].apply, int.from_bytes(name.encode())
    corrupted = [
        _bytes(apply(_floats(chunk), severity, Draws(images.device, seed, Stream.CORRUPTION, *at)))
        for place, chunk in enumerate(images.split(CHUNK))
        for at in [(number, severity, place)]
    ]
    return torch.cat(corrupted)


def _floats(images: Tensor) -> Tensor:
    return images.permute(0, 3, 1, 2).contiguous().float().div_(255)


def _bytes(images: Tensor) -> Tensor:
    return truncated(images).mul_(255).round_().byte().permute(0, 2, 3, 1).contiguous()
