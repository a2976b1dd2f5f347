"""How long a study takes, before it starts and while it goes on."""

from collections.abc import Callable

from core.recipe import Recipe
from core.runs.store import RunStore
from core.studies.definition import Study
from core.training.speed import expected_seconds


def runs_of(study: Study) -> int:
    """How many runs it has, at most."""
    return study.seeds * (study.trials if study.searches else len(study.planned))


def expected_total(study: Study, speed: Callable[[Recipe], float]) -> float | None:
    """Seconds of training for all runs, one after another, if each takes as long as the base;
    within the minutes that it may take. None where that is not known before the pictures are read.

    `speed` tells the images per second to expect of a recipe here
    """
    each = expected_seconds(study.base, speed(study.base))
    if each is None:
        return None
    budget = float("inf") if study.minutes is None else 60 * study.minutes
    return min(budget, runs_of(study) * each)


def seconds_left(store: RunStore, study_id: str, study: Study) -> float | None:
    """Of training, by what the trials took that have ended; None before the first."""
    counts = store.studies.counts(study_id)
    ended = sum(counts.values()) - counts.get("running", 0)
    if not ended:
        return None
    spent = store.studies.seconds(study_id)
    trials = study.trials if study.searches else len(study.planned)
    left = spent / ended * max(0, trials - ended)
    return left if study.minutes is None else min(left, max(0.0, 60 * study.minutes - spent))
