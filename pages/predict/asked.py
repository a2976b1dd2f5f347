"""The networks that are asked: one, and on demand another beside it."""

from dataclasses import dataclass
from typing import Self

import streamlit as st

from app import services
from app.networks import network_label
from app.text import plain
from core.models.network import Network
from core.runs.networks import TrainedNetwork

BESIDE = "beside"  # in the link and in the session's state


@dataclass(frozen=True)
class Asked:
    """A network at work; version: tells its weights from others, for caches"""

    id: str
    name: str
    version: str
    network: Network
    trained: TrainedNetwork

    @classmethod
    def of(cls, trained: TrainedNetwork) -> Self:
        version = f"{trained.id} {trained.version}"
        return cls(trained.id, trained.name, version, services.network(trained.path), trained)


def pick_second(first: TrainedNetwork) -> TrainedNetwork | None:
    """Another network for the same photos, or none; the link names it."""
    others = {each: found for each, found in services.networks().items() if each != first.id}
    asked = st.query_params.get(BESIDE)
    if asked not in (None, first.id, *others):
        st.info(f"There is no network '{plain(asked[:40])}' here to stand beside it; choose one.")
    st.session_state[BESIDE] = asked if asked in others else None
    chosen = st.selectbox(
        "Beside it",
        list(others),
        index=None,
        key=BESIDE,
        format_func=lambda each: network_label(others[each]),
        placeholder="No second network",
        on_change=_name_in_link,
    )
    return others.get(chosen or "")


def _name_in_link() -> None:
    if chosen := st.session_state[BESIDE]:
        st.query_params[BESIDE] = chosen
    else:
        st.query_params.pop(BESIDE, None)
