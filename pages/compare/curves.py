"""How the networks that are compared were trained: their curves over each other."""

import pandas as pd
import streamlit as st

from app import services
from app.charts.curves import show_epoch_curves
from app.text import plain
from core.reproduce.results import epochs_path
from pages.compare.entries import Entry
from pages.compare.pair import Pair


def show_curves(pair: Pair) -> None:
    frames = {entry.name: epochs_of(entry) for entry in pair.all}
    known = {name: frame for name, frame in frames.items() if not frame.empty}
    if known:
        st.caption(
            "Solid: validation images, which nothing is trained on. Dotted: training images, with "
            "augmentation and dropout on, so the two are not to be compared with each other."
        )
        show_epoch_curves(known)
    if unknown := [plain(name) for name in frames if name not in known]:
        st.caption(f"No epochs are known of: {', '.join(unknown)}.")


def epochs_of(entry: Entry) -> pd.DataFrame:
    """Of a run, or as they ship beside a network; empty where there are none."""
    if entry.network is None:
        return pd.DataFrame()
    if entry.network.created is not None:
        return services.store().metrics.epochs(entry.id)
    path = epochs_path(entry.id)
    return pd.read_csv(path) if path.exists() else pd.DataFrame()
