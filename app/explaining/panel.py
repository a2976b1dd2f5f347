"""Where a network looked: the maps of one picture, by the methods that one chooses."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from torch import Tensor

from app.explaining.choices import (
    pick_against,
    pick_methods,
    pick_settings,
    pick_target,
    pick_trust,
)
from app.explaining.computed import Asked, found, layers
from app.explaining.trusting import show_trust
from app.explaining.words import NONE_MATTERS, effect_in_words, matters
from app.gallery import thumbnails
from app.problems import in_one_sentence
from core.explanation import Effect, Method, colour_scale, methods_for, overlay, ringed
from core.models.network import Network

DRAWN = 256  # pixels, the least height of a picture that is drawn on; a ring has its width in those
SIDE = 190  # pixels, the least width of a picture, for the sentence below it
KEY = "display:flex;flex-wrap:wrap;gap:2px 8px;align-items:center;font-size:0.8rem;margin-top:4px"
SCALE = "display:inline-block;width:120px;height:10px;border-radius:5px"


@st.fragment
def show_explanations(
    key: str, shown: np.ndarray, image: Tensor, network: Network, version: str, best: int
) -> None:
    """Ask for a class and for methods, and show their maps over the picture, what hiding their
    strongest part does, and on demand how far they can be trusted.

    key: what tells the picture from all others on the page
    shown, image: uint8 [H, W, 3], square, and the same as the network sees it, uint8 [32, 32, 3]
    version: tells apart networks for the cache of explanations
    best: the class that is explained at first, an index
    """
    with in_one_sentence():
        methods = methods_for(network)
        own = f"{key} {version}"
        with st.container(horizontal=True, vertical_alignment="bottom"):
            target = pick_target(own, network, best)
            against = pick_against(own, network, target)
            opacity = st.slider(
                "Opacity of the map", 0.0, 1.0, 0.6, width=200, key=f"opacity {key}"
            )
        chosen = {name: methods[name] for name in pick_methods(own, methods)}
        with st.container(horizontal=True):
            settings = pick_settings(own, lambda: layers(network, version), chosen)
            _explain_methods(list(chosen.values()))
        asked = Asked(network, version, image.numpy(), target, against)
        _show_maps(asked, shown, opacity, chosen, settings)
        switch = f"trust {own}"
        if chosen and pick_trust(switch):
            show_trust(asked, settings, key, switch)


def _show_maps(
    asked: Asked,
    shown: np.ndarray,
    opacity: float,
    chosen: dict[str, Method],
    settings: dict[str, dict[str, float | str]],
) -> None:
    times = -(-DRAWN // len(shown))
    large = shown.repeat(times, axis=0).repeat(times, axis=1)
    pictures: list[np.ndarray] = []
    captions: list[str] = []
    effects: list[Effect | None] = []
    for name, method in chosen.items():
        result = found(asked, name, settings[name])
        drawn = overlay(large, result.attribution, opacity, method.signed)
        pictures.append(drawn if result.part is None else ringed(drawn, result.part))
        effects.append(result.effect)
        captions.append(f"{method.title}\n{effect_in_words(result.effect, asked.name)}")
    alts = [f"{method.title} over the picture" for method in chosen.values()]
    st.html(thumbnails(pictures, captions, size=SIDE, alts=alts))
    if chosen and not any(matters(effect) for effect in effects):
        st.markdown(f"**{NONE_MATTERS}**")
    st.html(colour_keys(list(chosen.values())))


def _explain_methods(methods: Sequence[Method]) -> None:
    with st.popover("How to read these", icon=":material/help:"):
        for method in methods:
            st.markdown(f"**{method.title}.** {method.meaning}  \n:small[{method.citation}]")


def colour_keys(methods: Sequence[Method]) -> str:
    """What the colours of maps mean, once for those with a sign and once for those without: as safe
    HTML."""
    of = {signed: [each.title for each in methods if each.signed == signed] for signed in (0, 1)}
    ends = {0: ("little", "strong"), 1: ("against the class", "for the class")}
    return "".join(
        f'<div style="{KEY}"><span>{", ".join(titles)}:</span><span>{ends[signed][0]}</span>'
        f'<span style="{SCALE};background:linear-gradient(90deg,{colour_scale(bool(signed))})">'
        f"</span><span>{ends[signed][1]}</span></div>"
        for signed, titles in of.items()
        if titles
    )
