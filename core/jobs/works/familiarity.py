"""What is familiar to a network."""

from pathlib import Path
from typing import ClassVar, Literal

import torch

from core.data import image_count, load_dataset
from core.data.pictures import Report
from core.jobs.works.work import Work, forward_flops, seconds_for
from core.prediction.reference import make_reference
from core.runs.checkpoint import load_card, weights_hash


class FamiliarityWork(Work):
    """What tells pictures unlike all that a checkpoint was trained on."""

    kind: Literal["familiarity"] = "familiarity"
    doing: ClassVar[str] = "Learning what is familiar to the network"
    checkpoint: Path

    @property
    def key(self) -> str:
        """Names the result by the weights that it comes from, whatever their file is called."""
        return f"familiarity-{weights_hash(self.checkpoint)[:32]}"

    @property
    def asking(self) -> str:
        return "Learn what is familiar to it"

    @property
    def expected_seconds(self) -> float | None:
        options = load_card(self.checkpoint).recipe.data
        counts = [image_count(options, split) for split in ("train", "validation")]
        known = [count for count in counts if count is not None]
        flops = sum(known) * forward_flops(self.checkpoint)
        return seconds_for(flops) if len(known) == len(counts) else None

    def make(self, device: torch.device, report: Report) -> None:
        """Compute and keep it beside the checkpoint. Raises as `make_reference`."""
        options = load_card(self.checkpoint).recipe.data
        make_reference(
            self.checkpoint,
            lambda: load_dataset(options, lambda what, _share: report(what, 0.0)),
            device,
            report,
        )
