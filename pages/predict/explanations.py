"""One picture on the Predict page: what the network sees, thinks, and where it looked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
import streamlit as st
import torch
from torch import Tensor

from app import theme
from app.charts.bars import share_bars, share_bars_in_words
from app.gallery import thumbnails
from app.problems import in_one_sentence
from app.text import plain
from core.explanation import Method, colour_scale, explain, methods_for, overlay
from core.models.network import Network

FIRST_METHODS = ["grad_cam", "integrated_gradients", "occlusion"]
UNSURE = 0.5  # of probability
SIDE = 150  # pixels, the least width of a picture
KEY = "display:flex;flex-wrap:wrap;gap:2px 8px;align-items:center;font-size:0.8rem;margin-top:4px"
SCALE = "display:inline-block;width:120px;height:10px;border-radius:5px"


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
            st.plotly_chart(
                probability_bars(network.classes, probabilities),
                key=f"bars {example.key} {version}",
                alt=share_bars_in_words(network.classes, probabilities, "Probability (%)"),
            )
            if probabilities[best] < UNSURE:
                st.caption("The network is unsure; this may be nothing it was trained on.")
        _explanations(example, network, version, best)


def probability_bars(classes: Sequence[str], probabilities: np.ndarray) -> go.Figure:
    """Probabilities (float [classes], 0 to 1), the highest on top and in colour."""
    order = np.argsort(-probabilities, kind="stable")
    colours = [theme.LINES[0]] + [theme.MUTED] * (len(order) - 1)
    names = [str(classes[index]) for index in order]
    return share_bars(names, probabilities[order], "Probability (%)", colours, [""] * len(order))


@st.fragment
def _explanations(example: Example, network: Network, version: str, best: int) -> None:
    with in_one_sentence():
        methods = methods_for(network)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            target = st.selectbox(
                "Explain the class",
                network.classes,
                best,
                width=200,
                key=f"class {example.key} {version} {best}",
            )
            opacity = st.slider(
                "Opacity of the map", 0.0, 1.0, 0.6, width=260, key=f"opacity {example.key}"
            )
        chosen = st.pills(
            "Methods",
            list(methods),
            selection_mode="multi",
            default=[name for name in FIRST_METHODS if name in methods],
            format_func=lambda name: methods[name].title,
            key=f"methods {example.key}",
        )
        chosen = [name for name in methods if name in chosen]  # in one order, whenever chosen
        pictures = []
        for name in chosen:
            attribution = _attribution(
                network, example.image.numpy(), network.classes.index(target), name, version
            )
            pictures.append(overlay(example.shown, attribution, opacity, methods[name].signed))
        st.html(thumbnails(pictures, [methods[name].title for name in chosen], size=SIDE))
        st.html(_keys([methods[name] for name in chosen]))
        with st.popover("How to read these", icon=":material/help:"):
            for name in chosen:
                method = methods[name]
                st.markdown(f"**{method.title}.** {method.meaning}  \n:small[{method.citation}]")


def _keys(methods: Sequence[Method]) -> str:
    """What the colours of the maps mean, once for those with a sign and once for those without."""
    of = {signed: [each.title for each in methods if each.signed == signed] for signed in (0, 1)}
    ends = {0: ("little", "strong"), 1: ("against the class", "for the class")}
    return "".join(
        f'<div style="{KEY}"><span>{", ".join(titles)}:</span><span>{ends[signed][0]}</span>'
        f'<span style="{SCALE};background:linear-gradient(90deg,{colour_scale(bool(signed))})">'
        f"</span><span>{ends[signed][1]}</span></div>"
        for signed, titles in of.items()
        if titles
    )


@st.cache_data(max_entries=500, show_spinner="Asking where it looked …")
def _attribution(
    _network: Network, image: np.ndarray, target: int, method: str, version: str
) -> Tensor:
    del version  # part of the cache's key
    images = torch.from_numpy(image).unsqueeze(0)
    return explain(_network, images, torch.tensor([target]), method)[0]
