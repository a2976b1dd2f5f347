"""A network under corruptions, shifts and attack."""

from pathlib import Path
from typing import ClassVar, Literal

import torch

from core.data import load_dataset
from core.data.pictures import Report
from core.jobs.works.work import Work, forward_flops, seconds_for
from core.robustness.measure import IMAGES, TOTAL_COST, robustness_of
from core.runs.checkpoint import load_card, weights_hash

CORRUPTING_SECONDS = 0.08  # an image, under everything, on a core


class RobustnessWork(Work):
    """The robustness report of a checkpoint on so many test images."""

    kind: Literal["robustness"] = "robustness"
    doing: ClassVar[str] = "Corrupting, shifting and attacking the images"
    checkpoint: Path
    images: int = IMAGES

    @property
    def asking(self) -> str:
        return f"Compute on {self.images:,} test images"

    @property
    def expected_seconds(self) -> float:
        passes = seconds_for(TOTAL_COST * forward_flops(self.checkpoint))
        return self.images * (passes + CORRUPTING_SECONDS)

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
