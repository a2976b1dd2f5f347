"""What happens to one picture on its way through a network."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.inside.outputs import outputs_of
from core.models.graph import Step
from core.models.network import Network

SHOWN = 12  # channels a frame


@dataclass(frozen=True)
class Frame:
    """A layer's strongest channels on a picture.

    channels: int64 [n], by their highest value anywhere, falling; at most 12
    maps: float32 [n, height, width]
    active: share of all values that are above 0
    """

    step: Step
    channels: Tensor
    maps: Tensor
    active: float


@torch.inference_mode()
def film_of(network: Network, image: Tensor, steps: tuple[Step, ...]) -> list[Frame]:
    """One frame a layer, in the order in which they are computed, for uint8 [32, 32, 3]."""
    frames: list[Frame] = []

    def see(step: Step, output: Tensor) -> None:
        maps = output[0].float().cpu()
        maps = maps if maps.dim() == 3 else maps[:, None, None]
        channels = maps.amax((1, 2)).topk(min(SHOWN, len(maps))).indices
        active = float((maps > 0).float().mean())
        frames.append(Frame(step, channels, maps[channels].clone(), active))

    outputs_of(network.model, network.input(image[None]), steps, see)
    return frames
