"""Where and when work is done: a queue in the store, and a worker process for each device."""

from core.jobs.execute import execute
from core.jobs.queue import JobQueue, close_queues, job_queue
from core.jobs.works import (
    FamiliarityWork,
    LogitsWork,
    MapWork,
    RobustnessWork,
    SimilarityWork,
    SurveyWork,
    VisualisationWork,
    Work,
)

__all__ = [
    "FamiliarityWork",
    "JobQueue",
    "LogitsWork",
    "MapWork",
    "RobustnessWork",
    "SimilarityWork",
    "SurveyWork",
    "VisualisationWork",
    "Work",
    "close_queues",
    "execute",
    "job_queue",
]
