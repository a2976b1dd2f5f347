"""What a study has found as a run of its own, in full."""

from collections.abc import Callable

import streamlit as st

from app import services
from app.links import go
from app.problems import tell_wrong
from app.routes import page
from core.errors import ConvscopeError
from core.recipe import Recipe, presets
from core.runs.trials import Trial
from core.studies.reading import in_full
from core.studies.space import Setting
from pages.studies.subject import Subject


def train_in_full(subject: Subject, trial: Trial | None, title: str) -> None:
    """Offer to train a trial's setting, or to open it in the form of Train."""
    if trial is None or trial.status != "finished":
        return
    setting: Setting = trial.setting
    offer_training(
        title,
        f"{subject.stored.id} {trial.number} {title}",
        (f"{subject.study.name}: best", epochs_in_full(subject)),
        lambda name, epochs: in_full(subject.study, setting, trial.name, name, epochs),
    )


def offer_training(
    title: str, key: str, first: tuple[str, int], recipe_of: Callable[[str, int], Recipe]
) -> None:
    """A button that opens what such a run is called and how long it trains.

    first: name and epochs until others are written
    recipe_of: the recipe of a name and epochs; raises ConvscopeError for those that it cannot have
    """
    with st.popover(title, icon=":material/play_arrow:"):
        name = st.text_input("Name", first[0][:80], max_chars=80, key=f"name {key}")
        epochs = st.number_input(
            "Epochs",
            1,
            1000,
            first[1],
            key=f"epochs {key}",
            help="A study may have shortened them.",
        )
        try:
            recipe = recipe_of(name, epochs)
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
            go("train", run=run_id)


def epochs_in_full(subject: Subject) -> int:
    """Of the preset that the study began with, else of the study."""
    base = subject.study.base
    named = [preset.epochs for preset in presets().values() if preset.name == base.name]
    return max([base.epochs, *named])
