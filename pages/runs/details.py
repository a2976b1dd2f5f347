"""One run on the Runs page: steer, describe, export, delete; its recipe and history."""

from functools import partial

import streamlit as st

from app import access, services
from app.files import offer_file
from app.looked_at import look_at
from app.problems import attempt
from app.routes import page
from app.steering import action, steer
from app.text import plain
from core.runs.export import run_as_csv, run_as_zip
from core.runs.run import Run
from core.wording import moment


def show_details(run: Run) -> None:
    store = services.store()
    if run.message:
        st.caption(plain(run.message))
    steer(run)
    with st.container(horizontal=True, vertical_alignment="center"):
        if access.may_steer():
            link = {"recipe": run.recipe.to_url()}
            st.page_link(
                page("train"), label="Use its recipe", icon=":material/tune:", query_params=link
            )
        epochs, everything = partial(run_as_csv, store, run.id), partial(run_as_zip, store, run.id)
        offer_file("Epochs (CSV)", f"{run.id}.csv", epochs, key="epochs")
        offer_file("Everything (zip)", f"{run.id}.zip", everything, key="everything")
        if run.status not in ("running", "paused"):
            action("Delete", ":material/delete:", lambda: _delete(run))
    left, right = st.columns(2, gap="large")
    with left:
        if access.may_steer():
            _describe(run)
        else:
            st.text(run.notes)
    with right:
        with st.expander("Recipe"):
            st.code(run.recipe.to_toml(), language="toml")
        with st.expander("Machine"):
            facts = {**run.machine, "precision": run.precision}
            told = {plain(name): plain(value) for name, value in facts.items()}
            st.table(told, border="horizontal")
        with st.expander("History"):
            for when, text in store.history(run.id):
                st.markdown(f":small[{moment(when)}]  \n{plain(text)}")


def _delete(run: Run) -> None:
    services.store().delete(run.id)
    look_at()


def _describe(run: Run) -> None:
    with st.form(f"describe {run.id}", border=False):
        name = st.text_input("Name", run.name, max_chars=80)
        tags = st.text_input("Tags", ", ".join(run.tags), help="Words with commas between.")
        notes = st.text_area("Notes", run.notes)
        if st.form_submit_button("Save", icon=":material/save:"):
            attempt(lambda: services.store().describe(run.id, name, notes, tags.split(",")))
