"""How the networks that are compared were trained: their curves over each other."""

import pandas as pd
import streamlit as st

from app import services
from app.charts.curves import show_curves as draw_curves
from app.charts.trace import Trace, trace_of
from app.text import plain
from core.recipe import presets
from core.reproduce.results import epochs_path
from core.runs.networks import TrainedNetwork
from pages.compare.pair import Pair


def show_curves(pair: Pair) -> None:
    found = {entry.name: trace(entry.network, entry.name) for entry in pair.all if entry.network}
    traces = [each for each in found.values() if not each.epochs.empty]
    draw_curves(traces)
    if len({each.recipe.label_smoothing for each in traces if each.recipe}) > 1:
        st.caption(
            "These recipes smooth labels by different amounts, which their losses include: the "
            "losses are not to be held against each other, the accuracies are."
        )
    known = [each.name for each in traces]
    if unknown := [plain(entry.name) for entry in pair.all if entry.name not in known]:
        st.caption(f"No epochs are known of: {', '.join(unknown)}.")


def trace(network: TrainedNetwork, name: str) -> Trace:
    """Of a run, or of what ships beside a network, in the colour that it has on every page."""
    if network.created is not None:
        return trace_of(services.store().get(network.id), name)
    path = epochs_path(network.id)
    epochs = pd.read_csv(path) if path.exists() else pd.DataFrame()
    number = list(presets()).index(network.id) if network.id in presets() else 0
    return Trace(name, epochs, number, network.recipe)
