"""What a recipe costs, before it is launched."""

import streamlit as st

from core.data import IMAGE_SIZE, SOURCES, image_count
from core.machine import pick_device
from core.models.summary import Summary, summarise
from core.recipe import Model, Optimizer, Recipe
from core.training.planning import plan
from core.training.speed import Speed, expected_speed
from core.wording import duration

CLASSES = 10
WIDTH = 105  # pixels a figure
HOW = {
    True: "tried on this machine in the last ten minutes, beside whatever else it did",
    False: "reckoned from its FLOPs, as the network is too large to be tried in passing",
}


def show_cost(recipe: Recipe) -> None:
    """Parameters, FLOPs and expected time; layer shapes behind a click."""
    summary = _summary(recipe.model)
    speed = _speed(_of_speed(recipe))
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
            _expected(recipe, speed),
            width=WIDTH,
            help=f"At {speed.images_per_second:,.0f} images per second, {HOW[speed.tried]}.",
        )
    if download := SOURCES[recipe.data.source].download():
        st.caption(f"{download} is downloaded when training starts.")
    with st.popover("Layers", icon=":material/layers:"):
        _layers(summary)


def _expected(recipe: Recipe, speed: Speed) -> str:
    images = image_count(recipe.data, "train")
    seconds = None if images is None else images * recipe.epochs / speed.images_per_second
    return duration(seconds)


def _of_speed(recipe: Recipe) -> Recipe:
    """Nothing but what changes the speed, so that a new name or seed is no new trial."""
    return Recipe(
        batch_size=recipe.batch_size,
        precision=recipe.precision,
        model=recipe.model,
        optimizer=Optimizer(name=recipe.optimizer.name),
    )


@st.cache_data(ttl=600, show_spinner="Trying a few steps …")
def budgeted(minutes: int) -> Recipe:
    """What gets furthest here in so many minutes; tried anew now and then, as machines get busy."""
    return plan(minutes, pick_device()).recipe


@st.cache_data(max_entries=200, show_spinner=False)
def _summary(model: Model) -> Summary:
    return summarise(model, CLASSES)


@st.cache_data(ttl=600, max_entries=200, show_spinner="Trying a few steps …")
def _speed(recipe: Recipe) -> Speed:
    return expected_speed(recipe, CLASSES, pick_device())


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
