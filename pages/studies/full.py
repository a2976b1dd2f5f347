"""A setting as a run of its own, in full."""

import streamlit as st

from app import services
from app.looked_at import look_at
from app.problems import tell_wrong
from app.routes import page
from core.errors import ConvscopeError
from core.recipe import presets
from core.runs.studies import Trial
from core.studies.reading import in_full
from core.studies.space import Setting
from pages.studies.subject import Subject


def train_in_full(subject: Subject, trial: Trial | None, title: str) -> None:
    """Offer to train a trial's setting, or to open it in the form of Train."""
    if trial is None or trial.status != "finished":
        return
    with st.popover(title, icon=":material/play_arrow:"):
        key = f"{subject.stored.id} {trial.number} {title}"
        name = st.text_input(
            "Name", f"{subject.study.name}: best"[:80], max_chars=80, key=f"name {key}"
        )
        epochs = st.number_input(
            "Epochs",
            1,
            1000,
            epochs_in_full(subject),
            key=f"epochs {key}",
            help="A study may have shortened them.",
        )
        setting: Setting = trial.setting
        try:
            recipe = in_full(subject.study, setting, trial.name, name, epochs)
        except ConvscopeError as error:
            tell_wrong(str(error))
            return
        st.page_link(
            page("train"),
            label="Look at its recipe first",
            icon=":material/tune:",
            query_params={"recipe": recipe.to_url()},
        )
        if st.button("Train it", type="primary", icon=":material/play_arrow:", key=f"train {key}"):
            run_id = services.queue().submit(recipe)
            look_at(run_id)
            st.switch_page(page("train"), query_params={"run": run_id})


def epochs_in_full(subject: Subject) -> int:
    """Of the preset that the study began with, else of the study."""
    base = subject.study.base
    named = [preset.epochs for preset in presets().values() if preset.name == base.name]
    return max([base.epochs, *named])
