"""A network under corruptions, shifts and attack."""

from pathlib import Path
from typing import ClassVar, Literal

import torch

from core.data import load_dataset
from core.jobs.works.work import Report, Work
from core.robustness.measure import IMAGES, robustness_of
from core.runs.checkpoint import load_card, weights_hash


class RobustnessWork(Work):
    """The robustness report of a checkpoint on so many test images."""

    kind: Literal["robustness"] = "robustness"
    doing: ClassVar[str] = "Corrupting, shifting and attacking the images"
    checkpoint: Path
    images: int = IMAGES

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
