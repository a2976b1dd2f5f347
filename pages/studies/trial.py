"""The trial that is looked at: what it set, what it reached, and where its runs are."""

import streamlit as st

from app import access
from app.routes import page
from app.text import plain
from core.studies.reading import settings_of
from core.studies.space import written
from pages.studies.full import train_in_full
from pages.studies.subject import Subject
from pages.studies.words import state_of, worth


def show_trial(subject: Subject) -> None:
    """Nothing where none is chosen."""
    number = subject.looked_at
    if number is None:
        return
    trial = next((each for each in subject.trials if each.number == number), None)
    if trial is None:
        st.warning(f"This study has no trial {number} among those shown.")
        return
    setting = settings_of(subject.study, [trial])[0]
    with st.container(border=True):
        reached = "" if trial.value is None else f": {worth(subject.study, trial.value)}"
        st.markdown(f"**Trial {number}**, {state_of(trial)}{reached}")
        if setting:
            lines = (
                f"{plain(subject.title(p))}: **{plain(written(v))}**" for p, v in setting.items()
            )
            st.markdown("  \n".join(lines))
        else:
            st.markdown(plain(trial.name))
        if trial.message:
            st.caption(plain(trial.message))
        with st.container(horizontal=True):
            if runs := [run for run in trial.runs.values() if run]:
                link = {"run": ",".join(runs)}
                label = "Its run" if len(runs) == 1 else f"Its {len(runs)} runs"
                st.page_link(page("runs"), label=label, icon=":material/list:", query_params=link)
            if access.may_steer():
                train_in_full(subject, trial, "Train it in full")
