"""Runs: every run there is; compare some, or look into one."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import streamlit as st

from app import services
from app.charts.curves import show_runs
from app.looked_at import asked_for, look_at, looked_at
from app.pace import IDLE_SECONDS, live_seconds
from app.problems import in_one_sentence
from app.routes import page
from app.segments import segments
from app.titles import tab_title
from core.runs.listing import Origin
from core.runs.run import Run
from pages.runs.choosing import listed, narrow
from pages.runs.details import show_details
from pages.runs.rows import BY, By, Row, rows_of
from pages.runs.several import steer_all
from pages.runs.table import COLUMNS, MOST_FIELDS, table_of, varying
from pages.runs.undo import undo_bar

LIST, TABLE = "runs in the list", "runs in the table"  # in the session's state


def pick(rows: list[Row], chosen: Collection[str], by: By, origins: Mapping[str, Origin]) -> None:
    """A list and a table to choose from: one for the keyboard, one to see and sort them in."""
    ids = [row.id for row in rows]
    ticks = [n for n, row in enumerate(rows) if all(run.id in chosen for run in row.runs)]
    st.session_state[LIST] = [ids[n] for n in ticks]
    names = {row.id: row.name for row in rows}

    def look_into(chosen: Iterable[str]) -> None:
        look_at(*(run.id for each in chosen for run in rows[ids.index(each)].runs))

    st.multiselect(
        "Runs to look into",
        ids,
        format_func=lambda row_id: names[row_id],
        key=LIST,
        on_change=lambda: look_into(st.session_state[LIST]),
        placeholder="Choose one to look into it, several to compare their curves",
    )
    key = table_key(ids, ticks)
    st.dataframe(
        table_of(rows, by, origins),
        hide_index=True,
        column_config=COLUMNS,
        key=key,
        on_select=lambda: look_into(ids[row] for row in ticked(key)),
        selection_mode="multi-row",
        placeholder="-",
        selection_default={"selection": {"rows": ticks}},
        alt=f"The {BY[by].lower()}, one a row; the list above chooses the same ones.",
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
        undo_bar()
        if not services.store().count():
            st.info("No run yet. A minute on the drawn shapes is enough for a first one.")
            st.page_link(page("train"), label="Train one", icon=":material/play_arrow:")
            return
        asked = asked_for()
        chosen = services.store().listing.these(looked_at())
        if chosen and not asked:
            look_at(*(run.id for run in chosen))
        show_list(listed(narrow(), chosen), {run.id for run in chosen})
        tab_title(chosen[0].name if len(chosen) == 1 else "", "Runs")
        compare(chosen)
        for run_id in asked:
            services.store().get(run_id)  # says so when a run in the link is gone


def show_list(runs: list[Run], chosen: Collection[str]) -> None:
    if not runs:
        st.info("No run is of that study, with such settings and all of these tags.")
        return
    origins = services.store().listing.origins([run.id for run in runs])
    by: By = "run"
    if len(runs) > 1:
        by = segments("A row for each of the", BY, "rows", label_visibility="collapsed")
    rows = rows_of(runs, by, origins)
    pick(rows, chosen, by, origins)
    fields = len(varying([row.runs[0] for row in rows])) if by != "study" else 0
    if fields > MOST_FIELDS:
        st.caption(
            f"The recipes differ in {fields} fields, of which {MOST_FIELDS} have a column; fewer "
            "runs differ in fewer."
        )


def compare(chosen: list[Run]) -> None:
    show_runs(chosen)
    if len(chosen) > 1:
        steer_all(chosen)
    if len(chosen) == 1:
        show_details(chosen[0])


tab_title("Runs")
st.title("Runs", anchor=False)
with in_one_sentence():
    alive = bool(services.store().live())
    st.fragment(show, run_every=live_seconds() if alive else IDLE_SECONDS)()
