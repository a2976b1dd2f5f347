"""What the form begins with: a recipe from a link, a preset, or what fits the minutes chosen."""

import streamlit as st

from app import services
from app.links import lead
from app.speed import images_per_second
from app.text import plain
from core.recipe import FIRST_PRESET, Recipe, presets
from core.reproduce.offers import BUDGETS, GROUPS, Offer, group_of, offers
from core.training.planning import plan

GROUP = "preset group"


def starting_point() -> tuple[Recipe, str]:
    """The recipe to begin with, and a name that tells its form from others."""
    if shared := st.query_params.get("recipe"):
        lead("Back to the presets", ":material/arrow_back:", "the presets")
        return Recipe.from_url(shared), shared
    chosen = _choose()
    if chosen in BUDGETS:
        planned = plan(BUDGETS[chosen], images_per_second).recipe
        return planned, planned.to_url()  # its fields follow the machine's speed
    return presets()[chosen], chosen


def _choose() -> str:
    """A preset's name, or a budget's; the choice lives in the URL as `preset`, and in the session
    for who comes back."""
    known = _offers(tuple(run.id for run in services.store().runs() if run.status == "finished"))
    asked = st.query_params.get("preset")
    if asked is not None and asked not in known:
        st.warning(plain(f"There is no preset '{asked[:40]}'; the list below has all there are."))
    elif asked is not None:
        st.session_state[GROUP] = group_of(asked)
        st.session_state[_key(group_of(asked))] = asked
    st.session_state.setdefault(GROUP, group_of(FIRST_PRESET))
    group = st.segmented_control(
        "Preset",
        list(GROUPS),
        required=True,
        key=GROUP,
        on_change=_to_url,
        persist_state="session",
        help="In the list: accuracy on the test images and time to train, of finished runs here, "
        "else as measured on two CPU cores. What to expect of this machine stands beside Train.",
    )
    assert group is not None  # as it is required
    return st.selectbox(
        "Preset",
        GROUPS[group],
        format_func=lambda name: known[name].line,
        key=_key(group),
        on_change=_to_url,
        persist_state="session",
        label_visibility="collapsed",
    )


def _to_url() -> None:
    group = st.session_state[GROUP]
    st.query_params["preset"] = st.session_state.get(_key(group), GROUPS[group][0])


def _key(group: str) -> str:
    return f"preset {group}"


@st.cache_data(max_entries=8, show_spinner=False)
def _offers(finished: tuple[str, ...]) -> dict[str, Offer]:  # noqa: ARG001
    return offers(services.store().runs())
