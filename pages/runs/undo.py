"""Deleted runs, while they can be brought back."""

from collections.abc import Collection

import streamlit as st

from app import services
from app.steering import action
from app.text import plain
from core.errors import ConvscopeError

WHEN = "for good when the app closes or after a day"
MOST_LINES = 20  # of runs that can be brought back one by one


def undo_bar() -> None:
    """Offer deleted runs back, for as long as they can be brought back: one line, however many."""
    deleted = services.store().listing.deleted()
    if len(deleted) == 1:
        _line(*next(iter(deleted.items())))
    elif deleted:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{len(deleted):,} runs are deleted, {WHEN}.", width="content")
            action("Undo all", ":material/undo:", lambda: _restore(deleted))
            if len(deleted) <= MOST_LINES:
                with st.popover("One by one"):
                    for run_id, name in deleted.items():
                        _line(run_id, name)


def _line(run_id: str, name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"'{plain(name)}' is deleted, {WHEN}.", width="content")
        action("Undo", ":material/undo:", lambda: _restore([run_id]), run_id)


def _restore(ids: Collection[str]) -> None:
    if gone := len(ids) - services.store().several.restore(ids):
        raise ConvscopeError(f"{gone} of {len(ids)} have already been removed for good.")
