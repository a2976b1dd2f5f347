"""A network's map of a split's images."""

from pathlib import Path
from typing import ClassVar, Literal

import torch

from core.data import SplitName, image_count, load_dataset
from core.data.pictures import Report
from core.evaluation.maps import make_map
from core.jobs.works.work import Work, forward_flops, seconds_for
from core.runs.checkpoint import load_card, weights_hash

PLACING_SECONDS = 0.0015  # an image, by t-SNE


class MapWork(Work):
    """The map of a checkpoint's features of a split. It stops within a round of t-SNE, which takes
    about a quarter of a minute for 10,000 images on two cores."""

    kind: Literal["map"] = "map"
    doing: ClassVar[str] = "Drawing the map"
    checkpoint: Path
    split: SplitName

    @property
    def key(self) -> str:
        """Names the result by the weights that it comes from, whatever their file is called."""
        return f"map-{weights_hash(self.checkpoint)[:32]}-{self.split}"

    @property
    def asking(self) -> str:
        return "Draw the map"

    @property
    def expected_seconds(self) -> float | None:
        images = image_count(load_card(self.checkpoint).recipe.data, self.split)
        if images is None:
            return None
        return seconds_for(images * forward_flops(self.checkpoint)) + images * PLACING_SECONDS

    def make(self, device: torch.device, report: Report) -> None:
        """Compute and keep it beside the checkpoint. Raises as `make_map`."""
        options = load_card(self.checkpoint).recipe.data
        make_map(
            self.checkpoint,
            self.split,
            lambda: load_dataset(options, lambda what, _share: report(what, 0.0)),
            device,
            report,
        )
