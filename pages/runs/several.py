"""What can be done with several runs at once."""

from collections.abc import Sequence

import streamlit as st

from app import services
from app.looked_at import look_at
from app.routes import page
from app.steering import action
from core.errors import ConvscopeError
from core.runs.run import TRAINING, Run


def steer_all(runs: Sequence[Run]) -> None:
    """Links to what shows several, and buttons that stop or delete all that can be."""
    ids = ",".join(run.id for run in runs)
    live = [run.id for run in runs if run.live and run.request != "stop"]
    done = [run.id for run in runs if run.status not in TRAINING]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(
            page("compare"),
            label="Compare their answers",
            icon=":material/compare_arrows:",
            query_params={"runs": ids},
        )
        st.page_link(
            page("train"),
            label="As a race",
            icon=":material/sports_score:",
            query_params={"run": ids},
        )
        if live:
            stop = services.store().several.stop  # what has ended meanwhile needs none
            action(f"Stop {len(live)}", ":material/stop:", lambda: stop(live), "several")
        if done:
            action(f"Delete {len(done)}", ":material/delete:", lambda: _delete(done), "several")


def _delete(ids: Sequence[str]) -> None:
    deleted = services.store().several.delete(ids)
    look_at()
    if left := len(ids) - deleted:
        raise ConvscopeError(f"{left} of {len(ids)} are in training by now; stop them first.")
