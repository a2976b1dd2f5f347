"""The study that is looked at, read once for all that shows of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import streamlit as st

from app import services
from core.runs.studies import StoredStudy
from core.runs.trials import Trial
from core.studies.definition import Study
from core.studies.fields import short_title, title_of
from core.studies.reading import drawn_by_chance, settings_of
from core.studies.space import Setting, said

MOST_TRIALS = 2000  # drawn and listed; of more, the newest
TRIAL = "trial"  # in the URL: the number of the one that is looked at


@dataclass(frozen=True)
class Subject:
    """trials: the newest of all, by number; best: of all that finished"""

    stored: StoredStudy
    study: Study
    trials: Sequence[Trial]
    best: Trial | None

    @cached_property
    def settings(self) -> list[Setting]:
        """Of the trials, one each."""
        return settings_of(self.study, self.trials)

    @cached_property
    def by_chance(self) -> set[int]:
        """Numbers of the trials that no sampler chose."""
        begins = not self.trials or self.trials[0].number == 0
        return drawn_by_chance(self.study, self.trials) if begins else set()

    @cached_property
    def paths(self) -> list[str]:
        """Fields that any trial sets."""
        return list(dict.fromkeys(path for setting in self.settings for path in setting))

    def title(self, path: str) -> str:
        return title_of(self.study.base, path)

    def called(self, trial: Trial) -> str:
        """What it sets, or what it is called where it sets nothing."""
        setting = settings_of(self.study, [trial])[0]
        return said(setting) if self.study.searches else trial.name

    def look_at(self, number: int) -> None:
        st.query_params[TRIAL] = str(number)

    @property
    def looked_at(self) -> int | None:
        asked = st.query_params.get(TRIAL, "")
        return int(asked) if asked.isdecimal() and len(asked) < 10 else None


def read(stored: StoredStudy, study: Study) -> Subject:
    trials = services.store().trials
    best = trials.best(stored.id, study.maximises)
    return Subject(stored, study, trials.of(stored.id, last=MOST_TRIALS), best)


def heads(subject: Subject) -> dict[str, str]:
    """The columns of the varied fields, by path; short where that tells them apart."""
    shorts = [short_title(path) for path in subject.paths]
    return {
        path: short.capitalize() if shorts.count(short) == 1 else subject.title(path)
        for path, short in zip(subject.paths, shorts, strict=True)
    }
