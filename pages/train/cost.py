"""What a recipe costs, before it is launched."""

import streamlit as st

from app.speed import expected_time, forget_speeds, speed_trial
from core.data import IMAGE_SIZE, SOURCES
from core.models.summary import Summary, summarise
from core.recipe import Model, Recipe
from core.training.speed import CLASSES
from core.wording import time_of_day

WIDTH, WIDER = 90, 115  # pixels a figure; three fit beside each other
HOW = {
    True: "tried on this machine",
    False: "reckoned from its FLOPs, as the network is too large to be tried in passing",
}


def show_cost(recipe: Recipe) -> None:
    """Parameters, FLOPs and expected time; layer shapes behind a click."""
    summary, trial = _summary(recipe.model), speed_trial(recipe)
    with st.container(horizontal=True):
        st.metric("Parameters", _short(summary.parameters), width=WIDTH)
        st.metric(
            "FLOPs",
            _short(summary.flops),
            width=WIDTH,
            help="Multiplications and additions of one forward pass of one image; training takes "
            "about three times as many.",
        )
        st.metric(
            "Expected time",
            expected_time(recipe),
            width=WIDER,
            help=f"At {trial.speed.images_per_second:,.0f} images per second, "
            f"{HOW[trial.speed.tried]}. What torch.compile, frozen layers and an early stop save "
            "comes off it.",
        )
    if download := SOURCES[recipe.data.source].download():
        st.caption(f"{download} is downloaded when training starts.")
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Layers", icon=":material/layers:"):
            _layers(summary)
        beside = ", beside a run in training" if trial.crowded else ""
        st.caption(f"Speed tried at {time_of_day(trial.at)}{beside}")
        st.button(
            "Try again",
            icon=":material/refresh:",
            type="tertiary",
            on_click=forget_speeds,
            help="For when the machine has more or less else to do now.",
        )


@st.cache_data(max_entries=200, show_spinner=False)
def _summary(model: Model) -> Summary:
    return summarise(model, CLASSES)


def _layers(summary: Summary) -> None:
    st.caption(f"Sizes for {IMAGE_SIZE}x{IMAGE_SIZE} pictures; receptive field in input pixels.")
    st.dataframe(
        [
            {
                "layer": layer.kind,
                "output": "x".join(map(str, layer.shape)),
                "receptive field": layer.receptive_field,
                "parameters": layer.parameters,
            }
            for layer in summary.layers
        ],
        hide_index=True,
    )


def _short(number: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.3g} {letter}"
    return f"{number:.0f}"
