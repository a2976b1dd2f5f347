"""Disturbances of a picture by any amount, and the least amount that changes a network's answer.

The corruptions of `core.robustness.corruptions` have five published severities; these have sliders.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

from core.data.dataset import IMAGE_SIZE
from core.models.network import Network
from core.randomness import Stream
from core.robustness.draws import Draws
from core.robustness.filters import gaussian
from core.robustness.shifts import shifted

Kind = Literal["blur", "noise", "brightness", "right", "down"]
STEPS = 12  # between nothing and the most, where the least that matters is looked for
GREY = 128  # of what is hidden
NUMBER = int.from_bytes(b"by hand")  # of its random numbers, beside those of corruptions


@dataclass(frozen=True)
class Scale:
    """How far a disturbance goes: `least` and `most` in its unit, by `step`; 0 is none."""

    title: str
    unit: str
    least: float
    most: float
    step: float


SCALES: dict[Kind, Scale] = {
    "blur": Scale("Blur", "px", 0.0, 4.0, 0.1),
    "noise": Scale("Noise", "%", 0.0, 40.0, 1.0),
    "brightness": Scale("Brightness", "%", -60.0, 60.0, 5.0),
    "right": Scale("Shift to the right", "px", -12.0, 12.0, 1.0),
    "down": Scale("Shift down", "px", -12.0, 12.0, 1.0),
}
"""Pixels are of the 32 that networks see; % are of full brightness."""


@dataclass(frozen=True)
class Disturbance:
    """In the units of SCALES.

    blur: standard deviation of a Gaussian; noise: standard deviation, of each value of each pixel;
    brightness: added; right, down: what comes in at the edge is the mirror image
    hidden: left, top, right and bottom of what is covered with grey, as shares of the side, 0 to 1
    """

    blur: float = 0.0
    noise: float = 0.0
    brightness: float = 0.0
    right: float = 0.0
    down: float = 0.0
    hidden: tuple[float, float, float, float] | None = None


NONE = Disturbance()


def disturbed(images: Tensor, by: Disturbance, seed: int = 0) -> Tensor:
    """Shifted, brightened, blurred, under noise, and then partly hidden: uint8 [N, 32, 32, 3] to
    the same. The noise is a function of the seed, the same for each image and only stronger for
    more of it."""
    if by == NONE:
        return images
    images = shifted(images, round(by.down), round(by.right))
    values = images.permute(0, 3, 1, 2).contiguous().float() / 255
    values = gaussian((values + by.brightness / 100).clamp(0, 1), by.blur)
    if by.noise:
        draws = Draws(images.device, seed, Stream.CORRUPTION, NUMBER)
        values = values + draws.normal(*values.shape[1:], deviation=by.noise / 100)
    result = values.clamp(0, 1).mul(255).round().byte().permute(0, 2, 3, 1).contiguous()
    if by.hidden is not None:
        left, top, right, bottom = (round(share * IMAGE_SIZE) for share in by.hidden)
        result[:, top:bottom, left:right] = GREY
    return result


@dataclass(frozen=True)
class Tip:
    """The least amount that was found to change the answer, and the class that it becomes."""

    kind: Kind
    amount: float
    becomes: int


def tips(network: Network, image: Tensor, seed: int = 0) -> list[Tip]:
    """For each kind, and each of its two directions where it has two, the first of twelve steps
    at which the network takes the image (uint8 [32, 32, 3]) for something else; kinds that never
    change the answer are left out. Smaller steps between may change it, too."""
    answer = int(network.logits(image[None]).argmax())
    tried: list[tuple[Kind, float]] = [
        (kind, amount) for kind in SCALES for amount in _amounts(kind)
    ]
    images = [disturbed(image[None], _only(kind, amount), seed) for kind, amount in tried]
    answers = network.logits(torch.cat(images)).argmax(1).tolist()
    found: dict[tuple[Kind, bool], Tip] = {}
    for (kind, amount), said in zip(tried, answers, strict=True):
        if said != answer:
            found.setdefault((kind, amount > 0), Tip(kind, amount, said))
    return list(found.values())


def _only(kind: Kind, amount: float) -> Disturbance:
    amounts: Mapping[str, float] = {kind: amount}
    return replace(NONE, **amounts)


def _amounts(kind: Kind) -> Iterator[float]:
    """From the smallest to the largest, in multiples of the scale's step."""
    scale = SCALES[kind]
    for end in (scale.most, scale.least):
        for step in range(1, STEPS + 1 if end else 1):
            yield round(end * step / STEPS / scale.step) * scale.step
