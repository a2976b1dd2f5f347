"""What the views of Inside are about."""

from dataclasses import dataclass

import streamlit as st

from app import services
from app.problems import in_one_sentence
from core.inside.outputs import step_named
from core.models.graph import Step, trace
from core.models.network import Network
from core.recipe import Model
from core.runs.checkpoint import Card
from core.runs.networks import TrainedNetwork

LAYER = "layer"  # in the link and in the session's state
CHANNEL = "channel"
DIGITS = 5  # of a number in a link, at most


@dataclass(frozen=True)
class Subject:
    """A network and its layers, in the order in which they are computed."""

    trained: TrainedNetwork
    card: Card
    steps: tuple[Step, ...]

    @property
    def network(self) -> Network:
        return services.network(self.trained.path)

    @property
    def version(self) -> str:
        """Tells apart networks for what is kept of them in memory."""
        return f"{self.trained.id} {self.trained.version}"

    def channel_title(self, step: Step, channel: int) -> str:
        """The last layer's channels are the classes."""
        is_last = step.name == self.steps[-1].name
        return self.card.classes[channel] if is_last else f"channel {channel}"


def subject_of(trained: TrainedNetwork) -> Subject:
    card = services.card(trained.path)
    return Subject(trained, card, steps_of(card.recipe.model, len(card.classes)))


@st.cache_data(max_entries=50, show_spinner=False)
def steps_of(options: Model, classes: int) -> tuple[Step, ...]:
    return trace(options, classes)


def pick_layer(steps: tuple[Step, ...]) -> Step:
    """The layer that the link names; a network without it shows its first."""
    asked, chosen = st.query_params.get(LAYER, steps[0].name), steps[0]
    with in_one_sentence():
        chosen = step_named(steps, asked)
    titles = {step.name: f"{step.name} · {shape_in_words(step)}" for step in steps}
    st.session_state[LAYER] = chosen.name
    st.selectbox(
        "Layer",
        list(titles),
        format_func=lambda name: titles[name],
        key=LAYER,
        width=260,
        on_change=lambda: st.query_params.update({LAYER: st.session_state[LAYER]}),
    )
    return chosen


def pick_channel(step: Step) -> int:
    """The channel that the link names, or the first."""
    asked, last = st.query_params.get(CHANNEL, "0"), step.shape[0] - 1
    known = asked.isascii() and asked.isdigit() and len(asked) <= DIGITS and int(asked) <= last
    if not known:
        st.info(
            f"{step.name} has no such channel; they are numbered from 0 to {last}. This is the "
            "first."
        )
    st.session_state[CHANNEL] = int(asked) if known else 0
    st.number_input(
        "Channel",
        0,
        last,
        key=CHANNEL,
        width=140,
        on_change=lambda: st.query_params.update({CHANNEL: str(st.session_state[CHANNEL])}),
    )
    return int(asked) if known else 0


def shape_in_words(step: Step) -> str:
    """Such as '64 maps of 16x16', or '10 numbers'."""
    if step.has_maps:
        return f"{step.shape[0]} maps of {step.shape[1]}x{step.shape[2]}"
    return f"{step.shape[0]} numbers"
