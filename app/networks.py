"""Trained networks on a page: what they are called, which one is looked at, which are missing."""

import streamlit as st

from app import services
from app.looked_at import asked_for, look_at, looked_at
from app.problems import in_one_sentence
from app.routes import page
from app.text import plain
from core.runs.networks import TrainedNetwork, missing_networks
from core.wording import moment

PICKER = "network"  # in the session's state


def network_label(network: TrainedNetwork) -> str:
    """Name, accuracy and time, to tell networks apart in a list; no Markdown."""
    score = network.accuracies.get("test", network.accuracies.get("validation"))
    parts = [network.name, *([f"{score:.1%}"] if score is not None else [])]
    parts.append(moment(network.created) if network.created else "ships with Convscope")
    return " · ".join(parts)


def pick_network(preferred: str = "") -> TrainedNetwork | None:
    """Choose a trained network, at first the one looked at, else `preferred` if there is one of
    this id.

    Shows what to do, and returns None, when there is none, or when the link's run has none yet.
    """
    networks = services.networks()
    kept = next(iter(looked_at()), "")
    if kept not in networks and asked_for():
        with in_one_sentence():
            services.kept_run(kept)  # says so when the run is gone
            st.info("This run has no weights yet; they come with its first epochs.")
    if not networks:
        st.info("No network has been trained yet. A minute on the drawn shapes is enough.")
        st.page_link(page("train"), label="Train one", icon=":material/play_arrow:")
        return None
    if kept not in networks and not asked_for():
        kept = preferred if preferred in networks else next(iter(networks))
    st.session_state[PICKER] = kept if kept in networks else None
    chosen = st.selectbox(
        "Network",
        list(networks),
        index=0 if kept in networks else None,  # else it could be cleared
        key=PICKER,
        format_func=lambda name: network_label(networks[name]),
        on_change=lambda: look_at(st.session_state[PICKER]),
        placeholder="Choose another one",
    )
    if chosen is None:
        return None
    look_at(chosen)
    return networks[chosen]


def missing_networks_notice() -> None:
    """Say which of the networks that ship are not to be read."""
    if gone := missing_networks():
        st.warning(
            f"Missing or damaged in checkpoints: {plain(', '.join(gone))}. Everything else works; "
            "`git checkout -- checkpoints` brings them back.",
            icon=":material/report:",
        )
