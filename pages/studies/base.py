"""The recipe that a new study varies: a preset's or a stored run's, perhaps for fewer epochs."""

import streamlit as st

from app import services
from app.problems import tell_wrong
from app.text import plain
from core.errors import ConvscopeError
from core.recipe import FIRST_PRESET, Recipe, presets
from core.studies.space import applied

BASE = "base"  # in the URL and in the session's state
MOST_RUNS = 200  # offered, the newest


def pick_base(complaints: list[str], in_epochs: bool = True) -> tuple[Recipe, str]:
    """The recipe, and what tells it from other ones; the choice stands in the link. What is wrong
    is told at its place, and added to `complaints`.

    in_epochs: whether the study trains for some that can be chosen
    """
    known = _known()
    asked = st.query_params.get(BASE)
    if asked is not None and asked not in known:
        st.warning(plain(f"There is no preset or run '{asked[:40]}'; the list has all there are."))
    elif asked is not None:
        st.session_state[BASE] = asked
    if st.session_state.get(BASE) not in known:
        st.session_state[BASE] = FIRST_PRESET
    key = st.selectbox(
        "Base",
        list(known),
        format_func=lambda key: known[key].name if key in presets() else _called(known[key], key),
        key=BASE,
        on_change=_to_url,
        persist_state="session",
        help="What is varied: a preset, or the recipe of a run.",
    )
    base = known[key]
    if not in_epochs:
        return base, key
    epochs = st.number_input(
        "Epochs of a trial",
        1,
        1000,
        base.epochs,
        key=f"new study epochs {key}",
        persist_state="session",
        help="Fewer make a study short; its best setting can be trained in full afterwards. What "
        "is best in a short run is not always best in a long one.",
    )
    try:
        return applied(base, {"epochs": epochs}), key
    except ConvscopeError as error:
        tell_wrong(str(error))
        complaints.append(str(error))
        return base, key


def _known() -> dict[str, Recipe]:
    runs = services.store().runs()[:MOST_RUNS]
    return {**presets(), **{run.id: run.recipe for run in runs}}


def _called(recipe: Recipe, run_id: str) -> str:
    return f"{recipe.name} (run {run_id})"


def _to_url() -> None:
    st.query_params[BASE] = st.session_state[BASE]
