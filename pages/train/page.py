"""Train: choose a recipe, see what it costs, launch it, watch it learn."""

import streamlit as st

from app import access, services
from app.problems import in_one_sentence
from app.routes import page
from app.text import plain
from core.recipe import Recipe, presets
from core.training.planning import MINUTES, budget_name
from pages.train.cost import budgeted, show_cost
from pages.train.form import edit_recipe
from pages.train.live import live_run, notice_new_runs

FIRST = "shapes-quick"


def starting_point() -> Recipe:
    """The recipe in the URL, else the preset chosen, else what fits the minutes chosen."""
    shared = st.query_params.get("recipe")
    if shared:
        st.page_link(page("train"), label="Back to the presets", icon=":material/arrow_back:")
        return Recipe.from_url(shared)
    budgets = {f"minutes-{minutes}": minutes for minutes in MINUTES}
    names = {preset: recipe.name for preset, recipe in presets().items()}
    names |= {name: budget_name(minutes) for name, minutes in budgets.items()}
    asked = st.query_params.get("preset", FIRST)
    chosen = st.selectbox(
        "Preset",
        list(names),
        index=list(names).index(asked if asked in names else FIRST),
        format_func=lambda name: names[name],
        key="preset",
        on_change=lambda: st.query_params.update(preset=st.session_state["preset"]),
    )
    return budgeted(budgets[chosen]) if chosen in budgets else presets()[chosen]


def launch() -> None:
    """The form, and the button that trains what it says."""
    services.queue().prepare()  # a worker takes seconds to start, and Train should not
    start = starting_point()
    st.caption(plain(start.about))
    recipe = edit_recipe(start, key=start.to_url())
    show_cost(recipe)
    if st.button("Train", type="primary", icon=":material/play_arrow:", width="stretch"):
        st.query_params["run"] = services.queue().submit(recipe)


st.title("Train", anchor=False)
form, view = st.columns([1, 2], gap="large")
with form, in_one_sentence():
    if access.may_steer():
        launch()
    else:
        st.info("You may look. Who leads this class trains.", icon=":material/visibility:")
with view, in_one_sentence():
    newest = services.store().newest()
    shown = st.query_params.get("run", newest)
    if shown is None:
        st.info("Press Train, and the network's progress will appear here.")
    else:
        live_run(shown)
    if "run" not in st.query_params:
        notice_new_runs(newest)
