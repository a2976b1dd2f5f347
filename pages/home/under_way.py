"""What trains or waits, wherever it was started, in two lines."""

import streamlit as st

from app import services
from app.problems import in_one_sentence
from app.routes import page
from app.text import plain
from core.runs.run import Run
from core.wording import time_left

TICK_SECONDS = 2.0


@st.fragment(run_every=TICK_SECONDS)
def under_way() -> None:
    with in_one_sentence():
        runs = services.store().live()
        if not runs:
            return
        first = next((run for run in runs if run.status != "queued"), runs[0])
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(min(1.0, first.progress), _told(first))
            st.page_link(page("train"), label="Watch", query_params={"run": first.id})
        if others := len(runs) - 1:
            is_one = others == 1
            st.page_link(
                page("runs"),
                label=f"and {others} other run{'' if is_one else 's'} under way or waiting",
                icon=":material/list:",
            )


def _told(run: Run) -> str:
    return f"{plain(run.name)}: {run.status}{time_left(run.seconds_left)}"
