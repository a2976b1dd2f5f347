"""The bar at the foot of the page: what would be trained, and the button that does."""

import streamlit as st

from app import services
from app.looked_at import look_at
from app.problems import tell_wrong
from app.speed import expected_time
from app.text import plain
from core.recipe import Recipe, presets
from core.recipe.drafts import Draft
from pages.train.form import reset

MOST_CHANGES = 3  # told in the bar
MOST_RIVALS = 5
RACES = "races"  # in the session's state: how many were begun


def launch(said: Draft, key: str) -> bool:
    """Offer to train what the form says; whether a run was begun just now."""
    with st.bottom, st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(
            "Train", type="primary", icon=":material/play_arrow:", disabled=not said.sound
        )
        rivals = _rivals(said)
        changes = said.changes()
        if changes or not said.sound:
            st.button(
                "Reset",
                icon=":material/undo:",
                on_click=reset,
                args=(key,),
                help="Put every field back to what the form began with.",
            )
        if said.sound:
            st.caption(_summary(said.recipe, changes), width="stretch")
        else:
            tell_wrong(" ".join(said.complaints()))
    if pressed:
        look_at(services.queue().submit(said.recipe))
    elif rivals:
        look_at(*(services.queue().submit(recipe) for recipe in (said.recipe, *rivals)))
    return pressed or bool(rivals)


def _rivals(said: Draft) -> list[Recipe]:
    """The presets that a race was begun against just now."""
    begun = st.session_state.setdefault(RACES, 0)
    # One with another key is another one, and closed: a second press would begin the race again.
    key, icon = f"race {begun}", ":material/sports_score:"
    with st.popover("Race", icon=icon, disabled=not said.sound, key=key):
        names = st.multiselect(
            "Against",
            list(presets()),
            format_func=lambda name: presets()[name].name,
            max_selections=MOST_RIVALS,
            key="rivals",
            persist_state="session",
            placeholder="Choose presets",
        )
        own = said.recipe.identity if said.sound else ""
        rivals = [presets()[name] for name in names if presets()[name].identity != own]
        if len(rivals) < len(names):
            st.caption("The form's own recipe cannot race itself; change a field, or the seed.")
        st.caption("All are queued at once, and drawn on one chart with who leads by how much.")
        pressed = st.button("Start the race", type="primary", disabled=not rivals, on_click=_close)
    return rivals if pressed else []


def _close() -> None:
    st.session_state[RACES] += 1


def _summary(recipe: Recipe, changes: list[str]) -> str:
    told = [f"**{plain(recipe.name)}**"]
    if on := services.queue().on:
        told.append(f"trains on {plain(on)}")
    else:
        told.append(f"expected time {expected_time(recipe)}")
    if changes:
        more = len(changes) - MOST_CHANGES
        listed = "; ".join(changes[:MOST_CHANGES]) + (f"; {more} more" if more > 0 else "")
        told.append(f"changed: {plain(listed)}")
    return " · ".join(told)


def scroll_to(key: str) -> None:
    """Bring the container of this key to where it is seen, now."""
    st.html(
        f"""<script>
        const part = document.querySelector(".st-key-{key}");
        part.style.scrollMarginTop = "4.5rem";
        part.scrollIntoView();
        </script>""",
        unsafe_allow_javascript=True,
    )
