"""Whether the best setting of a search is better than its base, asked of fresh seeds."""

import streamlit as st

from app import access, services
from app.links import go
from app.problems import attempt
from app.speed import images_per_second
from core.studies.reading import runs_wanted, seconds_expected
from core.studies.verdict import confirmation
from core.wording import about
from pages.studies.subject import Subject

SEEDS = 5  # until somebody says otherwise


def offer_confirmation(subject: Subject) -> None:
    """For a search with a best trial."""
    best = subject.best
    if not subject.study.searches or best is None or not access.may_steer():
        return
    with st.popover("Is it really better?", icon=":material/balance:"):
        st.caption(
            "The best of many is flattered by having been chosen. The base and the best setting "
            "are trained anew on seeds that this study has not used."
        )
        seeds = st.number_input("Fresh seeds of each", 2, 100, SEEDS, key="fresh seeds")
        asked = confirmation(subject.study, [best], seeds)
        seconds = seconds_expected(asked, images_per_second)
        took = f", {about(seconds)}" if seconds is not None else ""
        st.caption(f"{runs_wanted(asked)} runs{took}.")
        if st.button("Ask that", type="primary", key="confirm"):
            attempt(lambda: _ask(subject, seeds))


def _ask(subject: Subject, seeds: int) -> None:
    from core.studies.begin import create_study  # imports Optuna, which takes a second

    assert subject.best is not None
    asked = confirmation(subject.study, [subject.best], seeds)
    study_id = create_study(services.store(), asked)
    go("studies", study=study_id)
