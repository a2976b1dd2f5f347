"""Train: choose a recipe, see what it costs, launch it, watch it learn."""

import streamlit as st

from app import services
from app.components import in_one_sentence
from app.cost import show_cost
from app.live import live_run, notice_new_runs
from app.recipe_form import edit_recipe
from app.routes import page
from core.recipe import Recipe, presets


def starting_point() -> tuple[str, Recipe]:
    """The recipe in the URL, else the preset chosen."""
    shared = st.query_params.get("recipe")
    if shared:
        st.page_link(page("train"), label="Back to the presets", icon=":material/arrow_back:")
        return shared, Recipe.from_url(shared)
    names = list(presets())
    default = names.index("shapes-quick")
    name = st.selectbox(
        "Preset",
        names,
        index=default,
        format_func=lambda name: presets()[name].name,
        bind="query-params",
        key="preset",
    )
    return name, presets()[name]


st.title("Train", anchor=False)
form, view = st.columns([1, 2], gap="large")
with form, in_one_sentence():
    key, start = starting_point()
    st.caption(start.about)
    recipe = edit_recipe(start, key)
    show_cost(recipe)
    if st.button("Train", type="primary", icon=":material/play_arrow:", width="stretch"):
        st.query_params["run"] = services.queue().submit(recipe)
with view, in_one_sentence():
    newest = services.store().newest()
    shown = st.query_params.get("run", newest)
    if shown is None:
        st.info("Press Train, and the network's progress will appear here.")
    else:
        live_run(shown)
    if "run" not in st.query_params:
        notice_new_runs(newest)
