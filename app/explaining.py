"""Where a network looked: the maps of one picture, by the methods that one chooses."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from app.gallery import thumbnails
from app.problems import in_one_sentence
from core.explanation import Method, colour_scale, explain, methods_for, overlay
from core.models.network import Network

FIRST_METHODS = ["grad_cam", "integrated_gradients", "occlusion"]
SIDE = 150  # pixels, the least width of a picture
KEY = "display:flex;flex-wrap:wrap;gap:2px 8px;align-items:center;font-size:0.8rem;margin-top:4px"
SCALE = "display:inline-block;width:120px;height:10px;border-radius:5px"


@st.fragment
def show_explanations(
    key: str, shown: np.ndarray, image: Tensor, network: Network, version: str, best: int
) -> None:
    """Ask for a class and for methods, and show their maps over the picture.

    key: what tells the picture from all others on the page
    shown, image: uint8 [H, W, 3], square, and the same as the network sees it, uint8 [32, 32, 3]
    version: tells apart networks for the cache of explanations
    best: the class that is explained at first, an index
    """
    with in_one_sentence():
        methods = methods_for(network)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            target = st.selectbox(
                "Explain the class",
                network.classes,
                best,
                width=200,
                key=f"class {key} {version} {best}",
            )
            opacity = st.slider(
                "Opacity of the map", 0.0, 1.0, 0.6, width=260, key=f"opacity {key}"
            )
        chosen = st.pills(
            "Methods",
            list(methods),
            selection_mode="multi",
            default=[name for name in FIRST_METHODS if name in methods],
            format_func=lambda name: methods[name].title,
            key=f"methods {key}",
        )
        chosen = [name for name in methods if name in chosen]  # in one order, whenever chosen
        pictures = []
        for name in chosen:
            attribution = _attribution(
                network, image.numpy(), network.classes.index(target), name, version
            )
            pictures.append(overlay(shown, attribution, opacity, methods[name].signed))
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
