"""What a worker computes for pages: one file a kind, each registered in `WORK`."""

from typing import Annotated, Any

from pydantic import Discriminator, Tag, TypeAdapter

from core.jobs.works.familiarity import FamiliarityWork
from core.jobs.works.logits import LogitsWork
from core.jobs.works.map import MapWork
from core.jobs.works.robustness import RobustnessWork
from core.jobs.works.similarity import SimilarityWork
from core.jobs.works.survey import SurveyWork
from core.jobs.works.visualisation import VisualisationWork
from core.jobs.works.work import Work


def _kind(stored: Any) -> str:
    """Rows of earlier versions name none, and want logits."""
    return stored.get("kind", "logits") if isinstance(stored, dict) else "logits"


WORK: TypeAdapter[Work] = TypeAdapter(
    Annotated[
        Annotated[FamiliarityWork, Tag("familiarity")]
        | Annotated[LogitsWork, Tag("logits")]
        | Annotated[MapWork, Tag("map")]
        | Annotated[RobustnessWork, Tag("robustness")]
        | Annotated[SimilarityWork, Tag("similarity")]
        | Annotated[SurveyWork, Tag("survey")]
        | Annotated[VisualisationWork, Tag("visualisation")],
        Discriminator(_kind),
    ]
)
"""Reads any of them, as it stands in the store."""

__all__ = [
    "WORK",
    "FamiliarityWork",
    "LogitsWork",
    "MapWork",
    "RobustnessWork",
    "SimilarityWork",
    "SurveyWork",
    "VisualisationWork",
    "Work",
]
