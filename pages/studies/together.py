"""Fields together: of a search as parallel coordinates and as a contour, of a grid as a map."""

from functools import partial
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go
import streamlit as st

from app import theme
from core.runs.studies import Trial
from core.studies.definition import Study
from pages.studies.heat import grid_map
from pages.studies.subject import Subject, heads
from pages.studies.words import scaled, unit

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

LEAST_TRIALS = 3
HEIGHT = 420  # pixels
BEHIND = "rgba(127, 127, 127, 0.3)"  # of lines from white to dark blue
READ_LINES = (
    "How to read this: each line is a trial, from its value on the left through its fields. Lines "
    "of good trials that run through one narrow place say that the field matters there."
)
READ_CONTOUR = (
    "How to read this: each mark is a trial, and the colour between them the value that lies near, "
    "drawn through what was tried. Where there are no marks it is a guess."
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
    finished = [trial for trial in subject.trials if trial.status == "finished"]
    if len(finished) < LEAST_TRIALS:
        st.info(f"Drawn when {LEAST_TRIALS} trials have finished.", icon=":material/science:")
        return
    named = heads(subject)
    st.plotly_chart(_lines(subject.study, finished, named), key=f"lines {subject.stored.id}")
    st.caption(READ_LINES)
    paths = list(named)
    if len(paths) < 2:
        return
    st.subheader("Two fields", anchor=False)
    with st.container(horizontal=True):
        one = _pick("One field", paths, 0, named, "one")
        other = _pick("The other", [path for path in paths if path != one], 0, named, "other")
    st.plotly_chart(
        _contour(subject.study, finished, (one, other), named), key=f"contour {subject.stored.id}"
    )
    st.caption(READ_CONTOUR)


def _pick(label: str, paths: list[str], first: int, named: dict[str, str], key: str) -> str:
    chosen = st.selectbox(
        label, paths, first, format_func=lambda path: named[path], key=key, bind="query-params"
    )
    return chosen if chosen in paths else paths[first]


@st.cache_data(max_entries=16, show_spinner="Drawing the trials …")
def _lines(study: Study, finished: list[Trial], named: dict[str, str]) -> go.Figure:
    from optuna.visualization import plot_parallel_coordinate  # takes a second to import

    from core.studies.importance import in_optuna

    figure = plot_parallel_coordinate(
        in_optuna(study, finished), target=partial(_worth, study), target_name=unit(study)
    )
    goal, *labels = figure.to_dict()["layout"]["xaxis"]["ticktext"]
    figure.update_layout(title=None, plot_bgcolor=BEHIND)
    figure.update_xaxes(ticktext=[goal, *(_short(named, label) for label in labels)])
    figure.update_annotations(font_color=theme.TEXT)  # the axes' figures
    return _styled(figure, sides=56)


@st.cache_data(max_entries=16, show_spinner="Drawing the trials …")
def _contour(
    study: Study, finished: list[Trial], pair: tuple[str, str], named: dict[str, str]
) -> go.Figure:
    from optuna.visualization import plot_contour

    from core.studies.importance import in_optuna

    figure = plot_contour(
        in_optuna(study, finished),
        params=list(pair),
        target=partial(_worth, study),
        target_name=unit(study),
    )
    across, up = sorted(pair)  # as Optuna draws them
    figure.update_layout(title=None, xaxis_title=named[across], yaxis_title=named[up])
    return _styled(figure)


def _worth(study: Study, trial: "FrozenTrial") -> float:
    """In the unit of the axis."""
    return scaled(study, trial.value) or 0.0


def _short(named: dict[str, str], label: str) -> str:
    """Optuna shortens long names itself."""
    found = [head for path, head in named.items() if path.startswith(label.removesuffix("..."))]
    return found[0] if found else label


def _styled(figure: go.Figure, sides: int = 0) -> go.Figure:
    theme.style(figure, HEIGHT)
    margin: dict[str, Any] = {"l": sides, "r": sides or 12, "t": 60 if sides else 30, "b": 12}
    return figure.update_layout(margin=margin, font={"color": theme.TEXT})
