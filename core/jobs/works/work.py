"""What every long computation for a page has."""

import os
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

import torch
from pydantic import BaseModel

from core.data.pictures import Report
from core.machine import pick_device
from core.models.graph import trace
from core.runs.checkpoint import load_card

CORE_FLOPS, GPU_FLOPS = 2e10, 2e12  # a second: of a laptop's core, of a modest GPU


class Work(BaseModel, ABC):
    """A long computation: its fields say what is to be made, and its result is kept where the page
    looks for it.

    Each kind has a field of that name, which tells it from the others in the store.

    doing: what people read while it is under way
    """

    doing: ClassVar[str]

    @property
    @abstractmethod
    def key(self) -> str:
        """Names the result by all that it is made from."""

    @property
    @abstractmethod
    def asking(self) -> str:
        """What people press to have it done."""

    @property
    @abstractmethod
    def expected_seconds(self) -> float | None:
        """On this machine, if it does nothing else: a guess, until there is progress to go by. None
        where only the data tells how many images there are. Raises ConvscopeError as `load_card`.
        """

    @abstractmethod
    def make(self, device: torch.device, report: Report) -> None:
        """Compute and keep it. Raises ConvscopeError with what people are to read, and lets through
        the BreakOffError that `report` raises where it is to end."""


def seconds_for(flops: float) -> float:
    """What so many multiplications and additions may take on this machine."""
    rate = CORE_FLOPS * (os.cpu_count() or 1) if pick_device().type == "cpu" else GPU_FLOPS
    return flops / rate


def forward_flops(checkpoint: Path, layer: str = "") -> int:
    """Of one forward pass of one image through a checkpoint's network, up to a layer if one is
    named."""
    card = load_card(checkpoint)
    flops = 0
    for step in trace(card.recipe.model, len(card.classes)):
        flops += step.flops
        if step.name == layer:
            break
    return flops
