"""How fast recipes would train here, tried in passing and kept for all pages."""

import streamlit as st

from app import services
from core.machine import pick_device
from core.recipe import Recipe
from core.training.speed import CLASSES, expected_seconds, expected_speed
from core.training.trials import SpeedTrials, Trial
from core.wording import duration


def expected_time(recipe: Recipe) -> str:
    return duration(expected_seconds(recipe, images_per_second(recipe)))


def images_per_second(recipe: Recipe) -> float:
    """To expect of a run here."""
    return speed_trial(recipe).speed.images_per_second


def speed_trial(recipe: Recipe) -> Trial:
    crowded = any(run.status == "running" for run in services.store().live())
    with st.spinner("Trying a few steps …"):
        return _trials().of(recipe, crowded)


def forget_speeds() -> None:
    """Try everything anew when it is next asked for."""
    _trials().forget()


@st.cache_resource(show_spinner=False)
def _trials() -> SpeedTrials:
    """Of this server."""
    return SpeedTrials(lambda recipe: expected_speed(recipe, CLASSES, pick_device()))
