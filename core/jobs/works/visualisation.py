"""Pictures that excite a channel of a network."""

from pathlib import Path
from typing import Annotated, ClassVar, Literal

import torch
from pydantic import Field

from core.data.pictures import Report
from core.inside.visualise import PICTURES, STEPS, make_visualisation
from core.jobs.works.survey import LayerName
from core.jobs.works.work import Work, forward_flops, seconds_for
from core.runs.checkpoint import weights_hash

STEP_SECONDS = 0.05  # of a step, for what is not the network


class VisualisationWork(Work):
    """What a channel of a layer looks for; needs no data."""

    kind: Literal["visualisation"] = "visualisation"
    doing: ClassVar[str] = "Making a picture that excites the channel"
    checkpoint: Path
    layer: LayerName
    channel: Annotated[int, Field(ge=0)]

    @property
    def key(self) -> str:
        return f"look-{weights_hash(self.checkpoint)[:32]}-{self.layer}-{self.channel}"

    @property
    def asking(self) -> str:
        return "Make pictures that excite it"

    @property
    def expected_seconds(self) -> float:
        """A pass back takes twice as long as one ahead."""
        passes = seconds_for(3 * PICTURES * forward_flops(self.checkpoint, self.layer))
        return STEPS * (passes + STEP_SECONDS)

    def make(self, device: torch.device, report: Report) -> None:
        """Compute and keep it beside the checkpoint. Raises as `make_visualisation`."""
        make_visualisation(self.checkpoint, self.layer, self.channel, device, report)
