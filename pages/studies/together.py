"""Fields together: of a search as parallel coordinates and two by two, of a grid as a map."""

import streamlit as st

from app.charts.choosing import Axis
from app.charts.line_chart import DOTTED
from app.charts.parallel import Band, Through, show_parallel
from app.charts.points import Kind, Point, show_points
from core.runs.trials import Trial
from core.studies.reading import fifths
from core.studies.space import Setting
from pages.studies.fields import axis_of, place_of
from pages.studies.heat import grid_map
from pages.studies.progress import CIRCLE, ORANGE, TRIANGLE, point_of
from pages.studies.subject import Subject, heads
from pages.studies.trial import show_trial
from pages.studies.words import scaled, unit, worth

LEAST_TRIALS = 3
EARLY = "ended early"
READ_LINES = (
    "How to read this: each line is a trial, from its value on the left through its fields. The "
    "better it was, the more its colour stands out; a dotted one ended early, at what it had "
    "reached by then. Where good lines run through one narrow place, the field matters. A click on "
    "a colour hides and shows it, and one on a line shows the trial."
)
READ_PAIR = (
    "How to read this: each mark is a trial at its values of two fields. The better it was, the "
    "more its colour stands out; a triangle ended early, behind others after as many epochs. Where "
    "good ones lie together, look further. Where there is no mark, nothing was tried."
)
READ_GRID = (
    "How to read this: a cell is the value of one pair, darker where it is better, the best "
    "framed. A cell leads to its run."
)


def show_together(subject: Subject) -> None:
    if subject.study.kind == "grid":
        st.html(grid_map(subject))
        st.caption(READ_GRID)
        return
    placed = {
        trial.number: (trial, setting)
        for trial, setting in zip(subject.trials, subject.settings, strict=True)
        if trial.status in ("finished", "pruned")
    }
    finished = [trial for trial, _ in placed.values() if trial.status == "finished"]
    if len(finished) < LEAST_TRIALS:
        st.info(f"Drawn when {LEAST_TRIALS} trials have finished.", icon=":material/science:")
        return
    parts = fifths(subject.study, finished)
    settings = {number: setting for number, (_, setting) in placed.items()}
    _show_lines(subject, parts, settings)
    paths = list(subject.study.space)
    if len(paths) > 1:
        st.subheader("Two fields", anchor=False)
        named = heads(subject)
        with st.container(horizontal=True):
            one = _pick("One field", paths, named, "one")
            other = _pick("The other", [path for path in paths if path != one], named, "other")
        _show_pair(subject, parts, settings, (one, other))
    show_trial(subject)


def _pick(label: str, paths: list[str], named: dict[str, str], key: str) -> str:
    chosen = st.selectbox(
        label, paths, format_func=lambda path: named[path], key=key, bind="query-params"
    )
    return chosen if chosen in paths else paths[0]


def _show_lines(subject: Subject, parts: list[list[Trial]], settings: dict[int, Setting]) -> None:
    study, named = subject.study, heads(subject)
    axes = [Axis(unit(study))]
    axes += [axis_of(part, named[path]) for path, part in study.space.items()]

    def line(trial: Trial) -> Through:
        fields = (
            place_of(part, settings[trial.number][path]) for path, part in study.space.items()
        )
        value = scaled(study, trial.value) or 0.0
        told = point_of(subject, trial, 0.0).told
        return Through((value, *fields), trial.number, told)

    bands = [Band(EARLY, [line(trial) for trial in _early(subject)], slot=ORANGE, dash=DOTTED)]
    bands += [
        Band(_between(subject, part), [line(trial) for trial in part], shade=_shade(n, parts))
        for n, part in enumerate(parts)
    ]
    best = parts[-1][-1]
    alt = (
        f"{len(settings)} trials over {', '.join(named[path] for path in study.space)}. The best: "
        f"{worth(study, best.value)}, {subject.called(best)}."
    )
    key = f"study-{subject.stored.id}-lines"
    looked_at, look_at = subject.looked_at, subject.look_at
    show_parallel(axes, bands, unit(study), key, alt, looked_at, look_at)
    st.caption(READ_LINES)


def _show_pair(
    subject: Subject,
    parts: list[list[Trial]],
    settings: dict[int, Setting],
    pair: tuple[str, str],
) -> None:
    space, named = subject.study.space, heads(subject)

    def point(trial: Trial) -> Point:
        x, y = (place_of(space[path], settings[trial.number][path]) for path in pair)
        return Point(x, y, trial.number, point_of(subject, trial, x).told)

    kinds = [Kind(EARLY, [point(trial) for trial in _early(subject)], ORANGE, TRIANGLE, open=True)]
    kinds += [
        Kind(
            _between(subject, part),
            [point(trial) for trial in part],
            slot=0,
            symbol=CIRCLE,
            shade=_shade(n, parts),
        )
        for n, part in enumerate(parts)
    ]
    across, up = (axis_of(space[path], named[path]) for path in pair)
    show_points(
        kinds,
        across,
        up,
        f"study-{subject.stored.id}-pair",
        f"{unit(subject.study)} of each trial over {across.title} and {up.title}.",
        chosen=subject.looked_at,
        choose=subject.look_at,
        height=360,
        legend=unit(subject.study),
    )
    st.caption(READ_PAIR)


def _early(subject: Subject) -> list[Trial]:
    """Those that ended early, of which something is known all the same."""
    return [
        trial for trial in subject.trials if trial.status == "pruned" and trial.value is not None
    ]


def _between(subject: Subject, trials: list[Trial]) -> str:
    """From the least to the greatest of their values, in the unit of the axis."""
    values = [scaled(subject.study, trial.value) or 0.0 for trial in trials]
    digits = 2 if subject.study.maximises else 4
    low, high = (f"{value:.{digits}f}" for value in (min(values), max(values)))
    return low if low == high else f"{low} to {high}"


def _shade(number: int, parts: list[list[Trial]]) -> float:
    return number / (len(parts) - 1) if len(parts) > 1 else 1.0
