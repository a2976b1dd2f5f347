"""A network under corruptions, shifts and attack."""

import os
from pathlib import Path
from typing import ClassVar, Literal

import torch

from core.data import load_dataset
from core.data.pictures import Report
from core.jobs.works.work import Work
from core.machine import pick_device
from core.models.summary import summarise
from core.robustness.measure import IMAGES, TOTAL_COST, robustness_of
from core.runs.checkpoint import load_card, weights_hash

CORE_FLOPS, GPU_FLOPS = 2e10, 2e12  # a second: of a laptop's core, of a modest GPU
CORRUPTING_SECONDS = 0.08  # an image, under everything, on a core


class RobustnessWork(Work):
    """The robustness report of a checkpoint on so many test images."""

    kind: Literal["robustness"] = "robustness"
    doing: ClassVar[str] = "Corrupting, shifting and attacking the images"
    checkpoint: Path
    images: int = IMAGES

    @property
    def expected_seconds(self) -> float:
        """On this machine, if it does nothing else: a guess, until there is progress to go by."""
        flops = summarise(load_card(self.checkpoint).recipe.model, classes=10).flops
        rate = CORE_FLOPS * (os.cpu_count() or 1) if pick_device().type == "cpu" else GPU_FLOPS
        return self.images * (TOTAL_COST * flops / rate + CORRUPTING_SECONDS)

    @property
    def key(self) -> str:
        return f"robustness-{weights_hash(self.checkpoint)[:32]}-{self.images}"

    def make(self, device: torch.device, report: Report) -> None:
        """Compute and keep it beside the checkpoint. Raises as `robustness_of`."""
        options = load_card(self.checkpoint).recipe.data
        robustness_of(
            self.checkpoint,
            lambda: load_dataset(options, lambda what, _share: report(what, 0.0)),
            self.images,
            device,
            report,
        )
