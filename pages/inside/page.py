"""Inside: what is in a network, layer by layer and channel by channel."""

from collections.abc import Callable

import streamlit as st

from app.networks import pick_network
from app.problems import in_one_sentence
from app.segments import segments
from app.titles import tab_title
from core.runs.networks import BEST
from pages.inside.architecture import show_architecture
from pages.inside.channel import show_channel
from pages.inside.film import show_film
from pages.inside.layer import show_layer
from pages.inside.neighbours import show_neighbours
from pages.inside.subject import Subject, subject_of
from pages.inside.two_networks import show_similarity

VIEWS: dict[str, Callable[[Subject], None]] = {
    "Architecture": show_architecture,
    "Layer": show_layer,
    "Channel": show_channel,
    "Layer by layer": show_film,
    "Neighbours": show_neighbours,
    "Two networks": show_similarity,
}
"""By what they are called, in words and in links; only the one that is looked at is computed."""


tab_title("Inside")
st.title("Inside", anchor=False)
trained = pick_network(preferred=BEST)
if trained is not None:
    tab_title(trained.name, "Inside")
    view = segments("View", {name: name for name in VIEWS}, "view")
    with in_one_sentence():
        VIEWS[view](subject_of(trained))
