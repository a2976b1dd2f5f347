"""Which runs are listed: the newest of all, or of a study, some of its settings, or some tags; the
link says which."""

from collections.abc import Mapping, Sequence

import streamlit as st

from app import services
from app.text import plain
from core.runs.listing import Wanted
from core.runs.run import Run

STUDY, SETTINGS, TAGS = "study", "setting", "tag"  # in the URL and in the session's state
MOST_RUNS = 500  # listed, the newest; more would take seconds to draw
MOST_SETTINGS = 500  # offered, the first


def narrow() -> Wanted:
    """As it is asked for; nothing is asked where no run has a study or a tag."""
    listing = services.store().listing
    studies, tags = listing.studies(), listing.tags()
    if not studies and not tags:
        return Wanted()
    with st.container(horizontal=True):
        study, settings = "", tuple[str, ...]()
        if studies:
            study = _one("Of a study", studies)
        if study:
            settings = _some("With settings", listing.settings(study, MOST_SETTINGS), SETTINGS)
        return Wanted(study, settings, _some("With tags", tags, TAGS) if tags else ())


def listed(wanted: Wanted, chosen: Sequence[Run]) -> list[Run]:
    """The newest that are wanted, and whatever is looked at; with a word on what is left out."""
    listing = services.store().listing
    newest, count = listing.newest(wanted, MOST_RUNS), listing.count(wanted)
    if count > MOST_RUNS:
        st.caption(f"Listed are the newest {MOST_RUNS} of {count:,}.")
    if others := min(count, MOST_RUNS) - len(newest):
        st.caption(f"Left out, as another version of Convscope stored them: {others}.")
    both = {run.id: run for run in (*chosen, *newest)}
    return sorted(both.values(), key=lambda run: run.created, reverse=True)


def _one(label: str, studies: Mapping[str, str]) -> str:
    asked = st.query_params.get(STUDY)
    if asked is not None and asked not in studies:
        st.warning(plain(f"No runs are of a study '{asked[:40]}'; these are of all."))
    st.session_state[STUDY] = asked if asked in studies else None

    def keep() -> None:
        st.query_params.pop(SETTINGS, None)
        if chosen := st.session_state[STUDY]:
            st.query_params[STUDY] = chosen
        else:
            st.query_params.pop(STUDY, None)

    names = [*studies.values()]
    chosen = st.selectbox(
        label,
        list(studies),
        None,
        format_func=lambda study: (
            studies[study] if names.count(studies[study]) == 1 else f"{studies[study]} ({study})"
        ),
        key=STUDY,
        on_change=keep,
        placeholder="All runs",
    )
    return chosen or ""


def _some(label: str, options: list[str], key: str) -> tuple[str, ...]:
    st.session_state[key] = [each for each in st.query_params.get_all(key) if each in options]

    def keep() -> None:
        st.query_params[key] = st.session_state[key]

    return tuple(st.multiselect(label, options, key=key, on_change=keep, placeholder="Any"))
