"""Pictures that excite a channel of a network."""

from pathlib import Path
from typing import Annotated, ClassVar, Literal

import torch
from pydantic import Field

from core.data.pictures import Report
from core.inside.visualise import make_visualisation
from core.jobs.works.survey import LayerName
from core.jobs.works.work import Work
from core.runs.checkpoint import weights_hash


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

    def make(self, device: torch.device, report: Report) -> None:
        """Compute and keep it beside the checkpoint. Raises as `make_visualisation`."""
        make_visualisation(self.checkpoint, self.layer, self.channel, device, report)
