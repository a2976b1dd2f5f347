"""One picture before a network: what the network sees, and what it takes it for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from torch import Tensor

from app.charts.bars import MUTED, Bar, share_bars, share_bars_in_words, show_bars
from app.explaining import show_explanations
from app.gallery import thumbnails
from app.problems import in_one_sentence
from app.text import plain
from core.models.network import Network

UNSURE = 0.5  # of probability
SIDE = 150  # pixels, the least width of a picture


@dataclass(frozen=True)
class Example:
    """shown: uint8 [H, W, 3], square; image: uint8 [32, 32, 3], the same as the network sees it.

    true: its class, where that is known
    key: what tells it from all others, whose names may be the same
    """

    key: str
    name: str
    shown: np.ndarray
    image: Tensor
    notes: tuple[str, ...]
    true: str | None


def show_example(
    example: Example, network: Network, version: str, remove: Callable[[], None] | None = None
) -> None:
    """`version` tells apart networks for the cache of explanations; `remove` takes the example off
    the page, where that can be."""
    with st.container(border=True), in_one_sentence():
        probabilities = network.probabilities(network.logits(example.image.unsqueeze(0)))[0].numpy()
        best = int(probabilities.argmax())
        left, right = st.columns([1, 1], gap="large")
        with left:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{plain(example.name)}**")
                if remove is not None:
                    st.button(
                        "Remove",
                        icon=":material/close:",
                        type="tertiary",
                        key=f"remove {example.key}",
                        on_click=remove,
                    )
            seen = [example.shown, example.image.numpy()]
            told = ["The picture", "What the network sees"]
            st.html(thumbnails(seen, told, size=SIDE))
            for note in example.notes:
                st.caption(plain(note))
        with right:
            verdict = f"{plain(network.classes[best])}, {probabilities[best]:.0%} sure"
            truly = f" (truly {plain(example.true)})" if example.true else ""
            st.markdown(f"**{verdict}**{truly}")
            show_bars(
                probability_bars(network.classes, probabilities),
                "Probability (%)",
                f"bars {example.key} {version}",
                share_bars_in_words(network.classes, probabilities, "Probability (%)"),
            )
            if probabilities[best] < UNSURE:
                st.caption("The network is unsure; this may be nothing it was trained on.")
        show_explanations(example.key, example.shown, example.image, network, version, best)


def probability_bars(classes: Sequence[str], probabilities: np.ndarray) -> list[Bar]:
    """Probabilities (float [classes], 0 to 1), the highest on top and in colour."""
    order = np.argsort(-probabilities, kind="stable")
    slots = [0] + [MUTED] * (len(order) - 1)
    return share_bars([str(classes[index]) for index in order], probabilities[order], slots)
