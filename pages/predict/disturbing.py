"""Disturbing a photo by hand, and finding what changes the answer."""

from dataclasses import replace
from itertools import cycle

import numpy as np
import streamlit as st
import torch
from streamlit.delta_generator import DeltaGenerator

from app.example import Example
from app.text import plain
from core.decoding import Part
from core.models.network import Network
from core.robustness.by_hand import NONE, SCALES, Disturbance, Kind, Tip, disturbed, tips
from pages.predict.asked import Asked
from pages.predict.squares import pick_square

HIDE, HIDDEN = "hide", "hidden part"
"""In the session's state: whether a part is hidden, and which."""
FIRST_HIDDEN = Part(side=0.4)
SIDE = 100  # of what a part is told on, as any square has the same shares


def disturb(example: Example, asked: Asked) -> Example:
    """Ask how it is to be disturbed, the same for all photos, and do it to all its framings; on
    demand tell what changes the answer of the network that is asked."""
    with st.expander("Disturb it", icon=":material/blur_on:"):
        columns = cycle(st.columns(2, gap="medium"))
        amounts = {kind: _slider(next(columns), kind) for kind in SCALES}
        hide = st.toggle("Hide a part", key=HIDE, bind="query-params")
        if hide:
            pick_square(
                "hidden",
                example.shown,
                example.key,
                _hidden(),
                "The part that is hidden from the network.",
                _hide,
                hides=True,
            )
        _say_tips(example, asked)
        st.button("Undisturbed", icon=":material/restart_alt:", on_click=_leave_alone)
    box = _hidden().box(SIDE, SIDE)
    left, top, right, bottom = (edge / SIDE for edge in box)
    by = Disturbance(**amounts, hidden=(left, top, right, bottom) if hide else None)
    if by == NONE:
        return example
    framings = disturbed(example.framings, by)
    return replace(example, shown=framings[0].numpy(), image=framings[0], framings=framings)


def _say_tips(example: Example, asked: Asked) -> None:
    """The least disturbance of each kind that changes the answer."""
    if not st.toggle("Find what tips it over", key="tips", bind="query-params"):
        return
    found = _found(asked.network, example.image.numpy(), asked.version)
    told = [f"- {tip_in_words(tip, asked.network.classes)}" for tip in found]
    st.markdown("\n".join(told) or "Nothing within the sliders' reach changes the answer.")
    st.caption(
        f"{plain(asked.name)} looks once, at the picture as it is, and each slider goes its way in "
        "twelve steps; a smaller amount between two may do it, too."
    )


def tip_in_words(tip: Tip, classes: tuple[str, ...]) -> str:
    """'Blur of 1.3 px turns it into dog.', as Markdown."""
    scale, name = SCALES[tip.kind], plain(classes[tip.becomes])
    amount = f"{tip.amount:+g}" if scale.least else f"{tip.amount:g}"
    return f"{scale.title} of {amount} {scale.unit} turns it into **{name}**."


def _slider(column: DeltaGenerator, kind: Kind) -> float:
    scale = SCALES[kind]
    return column.slider(
        f"{scale.title} ({scale.unit})",
        scale.least,
        scale.most,
        0.0,
        scale.step,
        key=kind,
        bind="query-params",
        format="%.1f" if scale.step < 1 else "%.0f",
    )


def _leave_alone() -> None:
    st.session_state.update(dict.fromkeys(SCALES, 0.0) | {HIDE: False})


def _hidden() -> Part:
    return st.session_state.get(HIDDEN, FIRST_HIDDEN)


def _hide(part: Part) -> None:
    st.session_state[HIDDEN] = part


@st.cache_data(max_entries=200, show_spinner="Trying …")
def _found(_network: Network, image: np.ndarray, version: str) -> list[Tip]:
    del version  # part of the cache's key
    return tips(_network, torch.from_numpy(image))
