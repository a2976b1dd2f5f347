"""How far a study is: functions of what the store knows of it."""

from dataclasses import dataclass

from core.runs.store import RunStore
from core.runs.studies import StoredStudy
from core.runs.trials import TrialStatus
from core.studies.definition import Study
from core.studies.reading import runs_wanted, seconds_left
from core.wording import amount


@dataclass(frozen=True)
class Standing:
    """done, wanted: trials of a search that ended, of all that it may try; of other studies, whose
        settings are known from the start, runs that are finished, of all but those of settings
        that failed
    trials: how many there are, by status
    seconds: of training so far, in the runs that were made for it; 0 of one that is over, unless
        it has minutes to count
    left: seconds that it still takes, going by those; None before one has ended, and of one that
        does not go on
    """

    unit: str
    done: int
    wanted: int
    running: int
    trials: dict[TrialStatus, int]
    seconds: float
    left: float | None

    @property
    def told(self) -> str:
        """'3 of 20 trials'."""
        return f"{self.done:,} of {amount(self.wanted, self.unit)}"

    @property
    def share(self) -> float:
        return min(1.0, self.done / max(1, self.wanted))


def standing(store: RunStore, stored: StoredStudy, study: Study, slots: int = 1) -> Standing:
    """slots: how many runs train at once"""
    trials = store.trials.counts(stored.id)
    is_timed = stored.going or study.minutes is not None
    seconds = store.trials.seconds(stored.id) if is_timed else 0.0
    running = trials.get("running", 0)
    if study.searches:
        done = made = sum(trials.values()) - running
        wanted, unit = study.trials, "trial"
    else:
        runs = store.study_figures.runs_by_status(stored.id)
        done, made = runs.get("finished", (0, 0))
        running, _ = runs.get("running", (0, 0))
        failed = trials.get("failed", 0)
        wanted, unit = runs_wanted(study) - study.seeds * failed, "run"
        done = min(done, wanted)
    left = (
        seconds_left(study, made, wanted - done, running, seconds, slots) if stored.going else None
    )
    return Standing(unit, done, wanted, running, trials, seconds, left)
