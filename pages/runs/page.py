"""Runs: every run there is; compare some, or look into one."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app import services
from app.charts.curves import show_runs
from app.looked_at import asked_for, look_at, looked_at
from app.problems import in_one_sentence
from app.routes import page
from app.titles import tab_title
from core.runs.run import Run
from pages.runs.details import show_details
from pages.runs.undo import undo_bar

LIST, TABLE = "runs in the list", "runs in the table"  # in the session's state
LIVE_SECONDS, IDLE_SECONDS = 1.0, 5.0


def table_of(runs: list[Run]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Name": run.name,
            "Status": run.status,
            "Progress": run.progress,
            "Validation": _percent(run.accuracies.get("validation")),
            "Test": _percent(run.accuracies.get("test")),
            "Minutes": run.seconds / 60,
            "Images/s": run.images_per_second,
            "Seed": run.recipe.seed,
            "Parameters": run.parameters,
            "Created": pd.Timestamp(run.created, unit="s", tz="UTC"),
            "Tags": list(run.tags),
        }
        for run in runs
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


COLUMNS = {
    "Progress": st.column_config.ProgressColumn(format="percent"),
    "Validation": st.column_config.NumberColumn("Validation (%)", format="%.2f"),
    "Test": st.column_config.NumberColumn("Test (%)", format="%.2f"),
    "Minutes": st.column_config.NumberColumn("Training (min)", format="%.1f"),
    "Images/s": st.column_config.NumberColumn(format="%.0f"),
    "Parameters": st.column_config.NumberColumn(format="compact"),
    "Created": st.column_config.DatetimeColumn(format="calendar"),
}


def pick(runs: list[Run], chosen: list[str]) -> None:
    """A list and a table to choose runs from: one for the keyboard, one to see and sort them in."""
    labels = {run.id: f"{run.name} ({run.id})" for run in runs}
    st.session_state[LIST] = chosen
    st.multiselect(
        "Runs to look into",
        list(labels),
        format_func=lambda run_id: labels[run_id],
        key=LIST,
        on_change=lambda: look_at(*st.session_state[LIST]),
        placeholder="Choose one to look into it, several to compare their curves",
    )
    ids = list(labels)
    rows = [ids.index(run_id) for run_id in chosen]
    key = table_key(ids, rows)
    st.dataframe(
        table_of(runs),
        hide_index=True,
        column_config=COLUMNS,
        key=key,
        on_select=lambda: look_at(*(ids[row] for row in ticked(key))),
        selection_mode="multi-row",
        placeholder="-",
        selection_default={"selection": {"rows": rows}},
        alt="The runs, one a row; the list above chooses the same ones.",
    )


def table_key(ids: list[str], rows: list[int]) -> str:
    """Another one whenever the table's ticks would be of other runs than those chosen: where rows
    came or went, or where the link or the list chose. It forgets how the table was sorted."""
    number, known = st.session_state.get(TABLE, (0, ids))
    if known != ids or sorted(ticked(f"{TABLE} {number}", rows)) != sorted(rows):
        number += 1
    st.session_state[TABLE] = number, ids
    return f"{TABLE} {number}"


def ticked(key: str, otherwise: Sequence[int] = ()) -> list[int]:
    """Numbers of the rows that are ticked in the table of this key."""
    state = st.session_state.get(key)
    return list(otherwise if state is None else state["selection"]["rows"])


def show() -> None:
    with in_one_sentence():
        runs = services.store().runs()
        undo_bar()
        if others := services.store().count() - len(runs):
            st.caption(f"Left out, as another version of Convscope stored them: {others}.")
        if not runs:
            st.info("No run yet. A minute on the drawn shapes is enough for a first one.")
            st.page_link(page("train"), label="Train one", icon=":material/play_arrow:")
            return
        asked = asked_for()
        chosen = [run for run in runs if run.id in looked_at()]
        if chosen and not asked:
            look_at(*(run.id for run in chosen))
        pick(runs, [run.id for run in chosen])
        tab_title(chosen[0].name if len(chosen) == 1 else "", "Runs")
        compare(chosen)
        for run_id in asked:
            services.store().get(run_id)  # says so when a run in the link is gone


def compare(chosen: list[Run]) -> None:
    show_runs(chosen)
    if len(chosen) > 1:
        ids = ",".join(run.id for run in chosen)
        with st.container(horizontal=True):
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
    if len(chosen) == 1:
        show_details(chosen[0])


tab_title("Runs")
st.title("Runs", anchor=False)
with in_one_sentence():
    alive = bool(services.store().live())
    st.fragment(show, run_every=LIVE_SECONDS if alive else IDLE_SECONDS)()
