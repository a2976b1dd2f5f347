"""How a study gets on: the value of every trial, and the best so far."""

import streamlit as st

from app.charts.choosing import Axis
from app.charts.points import Kind, Point, show_points
from core.runs.trials import Trial
from core.studies.reading import best_so_far
from core.wording import amount
from pages.studies.subject import Subject
from pages.studies.trial import show_trial
from pages.studies.words import SAMPLERS, scaled, state_of, unit, worth

READING = (
    "How to read this: each mark is a trial, and the line the best value known by then. Where the "
    "line has been level for long, more trials find little. A click shows a trial."
)
CIRCLE, DIAMOND, TRIANGLE, CROSS = 0, 2, 6, 9  # among `theme.SYMBOLS`
BLUE, ORANGE, GREY, RED = 0, 1, 4, 5  # among the theme's colours


def show_progress(subject: Subject) -> None:
    study = subject.study
    ended = [trial for trial in subject.trials if trial.status != "running"]
    if not ended:
        st.info("The first trial will appear here when it ends.", icon=":material/science:")
        return
    line = [(x, scaled(study, y) or 0.0) for x, y in best_so_far(study, subject.trials)]
    best = subject.best
    show_points(
        kinds_of(subject),
        Axis("Trial", whole=True),
        Axis(unit(study)),
        f"study-{subject.stored.id}-progress",
        amount(len(ended), "trial")
        + (
            f"; the best reached {worth(study, best.value)}."
            if best
            else ", none of them finished."
        ),
        ("Best so far", line),
        subject.looked_at,
        subject.look_at,
    )
    st.caption(READING)
    show_trial(subject)


def kinds_of(subject: Subject) -> list[Kind]:
    """The trials that have ended, by how they were chosen and how they ended."""

    def points(*trials: Trial) -> list[Point]:
        return [point_of(subject, trial, trial.number) for trial in trials]

    finished = [trial for trial in subject.trials if trial.status == "finished"]
    chance = [trial for trial in finished if trial.number in subject.by_chance]
    chosen = [trial for trial in finished if trial.number not in subject.by_chance]
    pruned = [trial for trial in subject.trials if trial.status == "pruned"]
    failed = [trial for trial in subject.trials if trial.status == "failed"]
    by = f"Chosen by {SAMPLERS[subject.study.sampler]}" if subject.study.searches else "Finished"
    return [
        Kind("Drawn by chance", points(*chance), GREY, CIRCLE, open=True),
        Kind(by, points(*chosen), BLUE, DIAMOND),
        Kind("Ended early", points(*pruned), ORANGE, TRIANGLE, open=True),
        Kind("Failed, at the foot", points(*failed), RED, CROSS),
    ]


def point_of(subject: Subject, trial: Trial, x: float) -> Point:
    value = scaled(subject.study, trial.value)
    told = [f"Trial {trial.number}: {worth(subject.study, trial.value)}", subject.called(trial)]
    if trial.status != "finished":
        told.append(state_of(trial))
    if trial.message:
        told.append(trial.message)
    return Point(x, value, trial.number, "\n".join(told))
