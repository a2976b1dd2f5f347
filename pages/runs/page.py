"""Runs: every run there is; compare some, or look into one."""

import pandas as pd
import streamlit as st

from app import services
from app.charts.curves import epoch_curves
from app.problems import in_one_sentence
from app.routes import page
from core.runs.run import Run
from pages.runs.details import show_details
from pages.runs.undo import undo_bar

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


def select(runs: list[Run], key: str) -> None:
    """Write the rows just selected in the table `key` into the URL."""
    rows = st.session_state[key]["selection"]["rows"]
    st.query_params["run"] = ",".join(runs[row].id for row in rows)


def selection() -> list[str]:
    return [run_id for run_id in st.query_params.get("run", "").split(",") if run_id]


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
        ids = [run.id for run in runs]
        chosen = selection()
        # A table keeps the numbers of its ticked rows, which with other rows mean other runs.
        key = f"runs {hash(tuple(ids))}"
        known = [ids.index(run_id) for run_id in chosen if run_id in ids]
        st.caption("Select a run to look into it, several to compare their curves.")
        st.dataframe(
            table_of(runs),
            hide_index=True,
            column_config=COLUMNS,
            key=key,
            on_select=lambda: select(runs, key),
            selection_mode="multi-row",
            placeholder="-",
            selection_default={"selection": {"rows": known}},
        )
        for run_id in chosen:
            services.store().get(run_id)  # says so when a run in the URL is gone
        compare([run for run in runs if run.id in chosen])


def compare(chosen: list[Run]) -> None:
    frames = {f"{run.name} ({run.id})": services.store().metrics.epochs(run.id) for run in chosen}
    frames = {name: frame for name, frame in frames.items() if not frame.empty}
    if frames:
        left, right = st.columns(2)
        left.plotly_chart(epoch_curves(frames, "accuracy"), key="accuracy")
        right.plotly_chart(epoch_curves(frames, "loss"), key="loss")
    if len(chosen) == 1:
        show_details(chosen[0])


st.title("Runs", anchor=False)
with in_one_sentence():
    alive = bool(services.store().live())
    st.fragment(show, run_every=LIVE_SECONDS if alive else IDLE_SECONDS)()
