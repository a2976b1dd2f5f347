"""A network's logits on a split."""

from pathlib import Path
from typing import ClassVar, Literal

import torch
from pydantic import AliasChoices, Field

from core.data import SplitName, image_count, load_dataset
from core.data.pictures import Report
from core.evaluation.logits import stored_logits
from core.jobs.works.work import Work, forward_flops, seconds_for
from core.models.network import VIEWS
from core.runs.checkpoint import load_card, weights_hash

QUICK_FLOPS = 1e10  # what one core of a laptop does in half a second


class LogitsWork(Work):
    """The logits of a checkpoint on a split, with or without test-time augmentation."""

    kind: Literal["logits"] = "logits"
    doing: ClassVar[str] = "Running the network over the images"
    checkpoint: Path
    split: SplitName
    tta: bool = Field(
        validation_alias=AliasChoices("tta", "several_views"),
        serialization_alias="several_views",
    )
    """Stored by the second name, which workers of earlier versions know."""

    @property
    def is_quick(self) -> bool:
        """Whether it takes half a second or less, so that nobody needs a worker for it."""
        return self._flops is not None and self._flops <= QUICK_FLOPS

    @property
    def _flops(self) -> int | None:
        images = image_count(load_card(self.checkpoint).recipe.data, self.split)
        views = VIEWS if self.tta else 1
        return None if images is None else images * views * forward_flops(self.checkpoint)

    @property
    def asking(self) -> str:
        return f"Run the network over the {self.split} images"

    @property
    def expected_seconds(self) -> float | None:
        return None if self._flops is None else seconds_for(self._flops)

    @property
    def key(self) -> str:
        """Names the result by the weights that it comes from, whatever their file is called."""
        views = "six-views" if self.tta else "one-view"
        return f"logits-{weights_hash(self.checkpoint)[:32]}-{self.split}-{views}"

    def make(self, device: torch.device, report: Report) -> None:
        """Compute and keep them beside the checkpoint. Raises as `stored_logits`."""
        options = load_card(self.checkpoint).recipe.data
        stored_logits(
            self.checkpoint,
            self.split,
            lambda: load_dataset(options, lambda what, _share: report(what, 0.0)),
            device,
            self.tta,
            report,
        )
