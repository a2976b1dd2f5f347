"""What matters: which of the varied fields decide the value, and how each goes with it."""

from dataclasses import replace

import streamlit as st

from app.charts.bars import Bar, show_bars
from app.charts.choosing import Axis
from app.charts.points import Kind, Point, show_points
from core.runs.trials import Trial
from core.studies.definition import Study
from pages.studies.fields import axis_of, place_of
from pages.studies.progress import kinds_of
from pages.studies.subject import Subject
from pages.studies.trial import show_trial
from pages.studies.words import unit

LEAST_TRIALS = 5
READ_IMPORTANCE = (
    "How to read this: a field with a long bar tells the best tenth of the trials from the others "
    "(PED-ANOVA). It is about the range that was tried, and with few trials it is rough."
)
READ_SLICES = (
    "How to read this: each mark is a trial at its value of one field, with all others as they "
    "came. A cloud that rises to one side says where to look further. A click shows a trial."
)
MOST_SLICES = 12


def show_matters(subject: Subject) -> None:
    finished = [trial for trial in subject.trials if trial.status == "finished"]
    if not finished:
        st.info("The first trial will appear here when it ends.", icon=":material/science:")
        return
    if len(subject.study.space) > 1:
        _show_importance(subject, finished)
    st.subheader("Value over each field", anchor=False)
    paths = list(subject.study.space)[:MOST_SLICES]
    for start in range(0, len(paths), 2):
        columns = st.columns(min(2, len(paths)))
        for path, column in zip(paths[start : start + 2], columns, strict=False):
            with column:
                _show_slice(subject, path)
    st.caption(READ_SLICES)
    show_trial(subject)


def _show_importance(subject: Subject, finished: list[Trial]) -> None:
    st.subheader("Importance", anchor=False)
    if len(finished) < LEAST_TRIALS:
        st.caption(f"Told when {LEAST_TRIALS} trials have finished.")
        return
    shares = _importance(subject.study, finished)
    if not shares:
        st.caption("All trials reached the same, so nothing matters among what was tried.")
        return
    bars = [
        Bar(subject.title(path), 100 * share, f"{100 * share:.0f} %", f"{100 * share:.1f} %")
        for path, share in shares.items()
    ]
    alt = ", ".join(f"{bar.name} {bar.written}" for bar in bars)
    title = "Share of the importance (%)"
    show_bars(bars, title, f"study-{subject.stored.id}-importance", f"Importance: {alt}.")
    st.caption(READ_IMPORTANCE)


@st.cache_data(max_entries=16, show_spinner="Reckoning what matters …")
def _importance(study: Study, finished: list[Trial]) -> dict[str, float]:
    from core.studies.importance import importance  # imports Optuna, which takes a second

    return importance(study, finished)


def _show_slice(subject: Subject, path: str) -> None:
    part = subject.study.space[path]
    places = dict(zip((t.number for t in subject.trials), subject.settings, strict=True))

    def moved(point: Point) -> Point | None:
        value = places[point.number].get(path)
        return None if value is None else replace(point, x=place_of(part, value))

    kinds = [
        Kind(
            kind.title,
            [found for point in kind.points if point.y is not None and (found := moved(point))],
            kind.slot,
            kind.symbol,
            kind.open,
        )
        for kind in kinds_of(subject)
    ]
    show_points(
        kinds,
        axis_of(part, subject.title(path)),
        Axis(unit(subject.study)),
        f"study-{subject.stored.id}-{path}".replace(".", "-"),
        f"{unit(subject.study)} of each trial over {subject.title(path)}.",
        chosen=subject.looked_at,
        choose=subject.look_at,
        height=260,
    )
