"""Studies that this session deleted, while they can be brought back."""

import streamlit as st

from app import services
from app.steering import action
from app.text import plain
from core.runs.studies import StoredStudy
from core.runs.trials import Trial

DELETED = "deleted studies"  # in the session's state


def delete(stored: StoredStudy) -> None:
    """Forget a study, and keep in the session what brings it back; its runs stay."""
    store = services.store()
    trials = store.trials.of(stored.id)
    store.studies.delete(stored.id)
    st.session_state.setdefault(DELETED, {})[stored.id] = (stored, trials)
    st.query_params.clear()


def undo_line() -> None:
    """Offer the deleted ones back: one line, however many."""
    deleted: dict[str, tuple[StoredStudy, list[Trial]]] = st.session_state.get(DELETED, {})
    if not deleted:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        first = next(iter(deleted.values()))[0].name
        told = f"'{plain(first)}' is" if len(deleted) == 1 else f"{len(deleted)} studies are"
        st.caption(f"{told} deleted; the runs stay. Undo is here until this tab is loaded anew.")
        action("Undo", ":material/undo:", _restore, "studies")


def _restore() -> None:
    deleted = st.session_state.get(DELETED, {})
    while deleted:
        study_id, (stored, trials) = next(iter(deleted.items()))
        services.store().studies.restore(stored, trials)
        del deleted[study_id]
