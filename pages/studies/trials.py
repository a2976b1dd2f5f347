"""All trials as a table, one a row, to sort and to choose from."""

import pandas as pd
import streamlit as st

from app import services
from core.runs.study_figures import TrialRun
from core.studies.space import written
from pages.studies.subject import Subject, heads
from pages.studies.trial import show_trial
from pages.studies.words import scaled, state_of, unit

HEIGHT = 420  # pixels, of more rows than fit
FEW = 10  # rows


def show_trials(subject: Subject) -> None:
    if not subject.trials:
        st.info("The first trial will appear here when it begins.", icon=":material/science:")
        return
    key = f"study-{subject.stored.id}-trials"
    table = table_of(subject, _runs(subject))
    numbers = [trial.number for trial in subject.trials]
    rows = [numbers.index(subject.looked_at)] if subject.looked_at in numbers else []

    def choose() -> None:
        if chosen := st.session_state[key]["selection"]["rows"]:
            subject.look_at(numbers[chosen[0]])

    # Above, as the table's tools would lie over the views' names.
    st.caption(
        "How to read this: a trial a row. A column's head sorts by it, and a tick shows the trial "
        "and its run below. Values were measured in training, in its own precision; *Runs* tells "
        "those of the weights that were kept, in full precision."
    )
    st.dataframe(
        table,
        hide_index=True,
        height=HEIGHT if len(table) > FEW else "auto",
        column_config={
            "Value": st.column_config.NumberColumn(
                unit(subject.study), format="%.2f" if subject.study.maximises else "%.4f"
            ),
            "Minutes": st.column_config.NumberColumn("Training (min)", format="%.2f"),
        },
        key=key,
        on_select=choose,
        selection_mode="single-row",
        selection_default={"selection": {"rows": rows}},
        placeholder="-",
        alt="The trials, one a row; what is ticked is shown below.",
    )
    show_trial(subject)


def table_of(subject: Subject, runs: dict[int, list[TrialRun]]) -> pd.DataFrame:
    """A field that is not a number everywhere is written out."""
    named = heads(subject)
    planned = not subject.study.searches
    rows = [
        {
            "Trial": trial.number,
            **({"Setting": trial.name} if planned else {}),
            **{head: setting.get(path) for path, head in named.items()},
            "Value": scaled(subject.study, trial.value),
            "Status": state_of(trial),
            "Epochs": sum(run.epochs for run in runs.get(trial.number, [])),
            "Minutes": sum(run.seconds for run in runs.get(trial.number, [])) / 60,
            "Why": trial.message,
        }
        for trial, setting in zip(subject.trials, subject.settings, strict=True)
    ]
    table = pd.DataFrame(rows)
    for head in named.values():
        if any(isinstance(value, bool | str) for value in table[head]):
            table[head] = [None if value is None else written(value) for value in table[head]]
    return table if any(table["Why"]) else table.drop(columns="Why")


def _runs(subject: Subject) -> dict[int, list[TrialRun]]:
    found: dict[int, list[TrialRun]] = {}
    since = subject.trials[0].number
    for run in services.store().study_figures.runs(subject.stored.id, since):
        found.setdefault(run.trial, []).append(run)
    return found
