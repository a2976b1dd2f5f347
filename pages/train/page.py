"""Train: choose a recipe, see what it costs, launch it, watch it learn."""

import streamlit as st

from app import access, services
from app.looked_at import asked_for
from app.problems import in_one_sentence
from app.routes import page
from app.text import plain
from app.titles import tab_title
from core.errors import ConvscopeError
from pages.train.cost import show_cost
from pages.train.form import edit_recipe
from pages.train.launch import launch, scroll_to
from pages.train.live import live_run, notice_new_runs
from pages.train.presets import starting_point
from pages.train.race import live_race

VIEW = "view"
LEARNS = {  # where the recipe's own words may not say so
    "cifar10": "Learns CIFAR-10.",
    "folder": "Learns your own pictures.",
}


def compose() -> bool:
    """The form, and the bar that trains what it says; whether that was pressed."""
    services.queue().prepare()  # a worker takes seconds to start, and Train should not
    start, key = starting_point()
    st.caption(plain(f"{LEARNS.get(start.data.source, '')} {start.about}"))
    said = edit_recipe(start, key)
    show_cost(said.recipe)
    return launch(said, key)


def watch() -> None:
    """The run in the URL, or the race of several, else the newest run."""
    newest = services.store().newest()
    asked = st.query_params.get("run")
    if asked is not None and "," in asked:
        live_race(asked_for())
        return
    shown = newest if asked is None else asked
    if shown is None:
        st.info("Press Train, and the network's progress will appear here.")
    else:
        try:
            name = services.kept_run(shown).name
        except ConvscopeError as error:
            st.error(plain(str(error)), icon=":material/error:")
            st.page_link(page("runs"), label="See all runs", icon=":material/list:")
            return
        tab_title(name, "Train")
        live_run(shown)
    if asked is None:
        notice_new_runs(newest)


tab_title("Train")
st.title("Train", anchor=False)
form, view = st.columns([1, 2], gap="medium")
pressed = False
with form, in_one_sentence():
    if access.may_steer():
        pressed = compose()
    else:
        st.info("You may look. Who leads this class trains.", icon=":material/visibility:")
with view, st.container(key=VIEW), in_one_sentence():
    watch()
if pressed:
    scroll_to(VIEW)
