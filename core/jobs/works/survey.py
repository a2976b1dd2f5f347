"""A layer of a network over a split."""

from pathlib import Path
from typing import Annotated, ClassVar, Literal

import torch
from pydantic import Field

from core.data import SplitName, image_count, load_dataset
from core.data.pictures import Report
from core.inside.survey import make_survey
from core.jobs.works.work import Work, forward_flops, seconds_for
from core.runs.checkpoint import load_card, weights_hash

LayerName = Annotated[str, Field(max_length=20, pattern=r"^[a-z]+[0-9]+$")]


class SurveyWork(Work):
    """What excites each channel of a layer, and which images are near in its space."""

    kind: Literal["survey"] = "survey"
    doing: ClassVar[str] = "Running the network over the images"
    checkpoint: Path
    split: SplitName
    layer: LayerName

    @property
    def key(self) -> str:
        return f"survey-{weights_hash(self.checkpoint)[:32]}-{self.split}-{self.layer}"

    @property
    def asking(self) -> str:
        return f"Run the network up to {self.layer} over the {self.split} images"

    @property
    def expected_seconds(self) -> float | None:
        images = image_count(load_card(self.checkpoint).recipe.data, self.split)
        if images is None:
            return None
        return seconds_for(images * forward_flops(self.checkpoint, self.layer))

    def make(self, device: torch.device, report: Report) -> None:
        """Compute and keep it beside the checkpoint. Raises as `make_survey`."""
        options = load_card(self.checkpoint).recipe.data
        make_survey(
            self.checkpoint,
            self.split,
            self.layer,
            lambda: load_dataset(options, lambda what, _share: report(what, 0.0)),
            device,
            report,
        )
