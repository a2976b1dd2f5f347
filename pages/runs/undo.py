"""Deleted runs, while they can be brought back."""

import streamlit as st

from app import services
from app.steering import action
from app.text import plain
from core.runs.run import Run


def undo_bar() -> None:
    """Offer deleted runs back, for as long as they can be brought back: one line, however many."""
    match services.store().runs(deleted=True):
        case []:
            return
        case [run]:
            _line(run)
        case runs:
            with st.popover(f"{len(runs)} deleted runs", icon=":material/undo:"):
                for run in runs:
                    _line(run)
                action("Undo all", ":material/undo:", lambda: _restore(runs))


def _line(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"'{plain(run.name)}' is deleted, for good when the app closes or after a day.")
        action("Undo", ":material/undo:", lambda: _restore([run]), run.id)


def _restore(runs: list[Run]) -> None:
    for run in runs:
        services.store().restore(run.id)
