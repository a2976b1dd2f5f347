"""How alike two networks are, layer by layer."""

from pathlib import Path
from typing import ClassVar, Literal

import torch

from core.data import load_dataset
from core.data.pictures import Report
from core.inside.similarity import IMAGES, make_similarity
from core.jobs.works.work import Work, forward_flops, seconds_for
from core.runs.checkpoint import load_card, weights_hash


class SimilarityWork(Work):
    """Linear CKA between all layers of two checkpoints."""

    kind: Literal["similarity"] = "similarity"
    doing: ClassVar[str] = "Comparing layers"
    checkpoint: Path
    other: Path

    @property
    def key(self) -> str:
        return f"similarity-{weights_hash(self.checkpoint)[:32]}-{weights_hash(self.other)[:32]}"

    @property
    def asking(self) -> str:
        return "Compare their layers"

    @property
    def expected_seconds(self) -> float:
        """Products of features take about as long as the features."""
        flops = forward_flops(self.checkpoint) + forward_flops(self.other)
        return seconds_for(2 * IMAGES * flops)

    def make(self, device: torch.device, report: Report) -> None:
        """Compute and keep it beside the checkpoint. Raises as `make_similarity`."""
        options = load_card(self.checkpoint).recipe.data
        make_similarity(
            self.checkpoint,
            self.other,
            lambda: load_dataset(options, lambda what, _share: report(what, 0.0)),
            device,
            report,
        )
