"""Where a network looks in the images of a cell: their mean map, and the maps one by one."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st
import torch
from torch import Tensor

from app import services
from app.charts.matrix import Cell
from app.explaining import colour_keys
from app.gallery import thumbnails
from app.links import link_attributes
from app.text import plain
from core.explanation import METHODS, explain, mean_map, overlay
from core.models.network import Network
from pages.evaluate.subject import Subject

LOOK, BY = "where", "by"  # in the link
MOST = 60  # images that are explained, the first of the cell in its order
SHOWN = 12  # of them one by one
QUICK = ("grad_cam", "layer_cam", "layer_evidence", "input_x_gradient", "deep_lift")
OPACITY = 0.6
LARGER = 8  # times, as maps are drawn smoothly over pictures


def pick_where() -> str | None:
    """The method by which the images of a cell are explained, None while nobody asks."""
    asked = st.toggle(
        "Where it looks",
        key=LOOK,
        bind="query-params",
        help="The mean map of these images: what speaks for the class that they are taken for, and "
        "against their true one.",
    )
    if not asked:
        return None
    return st.selectbox(
        "Map",
        QUICK,
        format_func=lambda name: METHODS[name].title,
        width=180,
        key=BY,
        bind="query-params",
    )


def show_where(subject: Subject, frame: pd.DataFrame, pair: Cell, method: str) -> None:
    """frame: the images of the cell, a row each, in the order in which they are shown"""
    network = services.network(subject.network.path)
    numbers = frame["index"].to_numpy()[:MOST].copy()  # a frame's own may not be written
    images = services.own_dataset(subject.card).split(subject.split).images[numbers]
    version = f"{subject.network.id} {subject.network.version}"
    maps = _maps(version, numbers, subject.split, method, pair, _of=(network, images))
    signed = METHODS[method].signed
    middle = images.float().mean(0).round().byte().numpy()
    pictures = [large(middle), overlay(large(middle), mean_map(maps), OPACITY, signed)]
    st.html(thumbnails(pictures, ["Their mean", f"Mean map, {METHODS[method].title}"], size=160))
    st.html(colour_keys([METHODS[method]]))
    st.caption(_words(subject.card.classes, pair, len(numbers), len(frame)))
    single = [
        overlay(large(image.numpy()), attribution, OPACITY, signed)
        for image, attribution in zip(images[:SHOWN], maps[:SHOWN], strict=True)
    ]
    of = f"the first {SHOWN}" if len(numbers) > SHOWN else "each"
    st.caption(f"One by one, {of}:")
    links = [
        link_attributes("image", run=subject.network.id, split=subject.split, image=int(number))
        for number in numbers[:SHOWN]
    ]
    alts = [f"Map of {subject.split} image #{number}" for number in numbers[:SHOWN]]
    captions = [f"#{number}" for number in numbers[:SHOWN]]
    st.html(thumbnails(single, captions, alts=alts, links=links))
    st.caption("The images themselves:")


def large(image: np.ndarray) -> np.ndarray:
    """uint8 [32, 32, 3] to [256, 256, 3], each pixel a square."""
    return image.repeat(LARGER, axis=0).repeat(LARGER, axis=1)


def _words(classes: Sequence[str], pair: Cell, explained: int, there: int) -> str:
    true, predicted = (plain(classes[number]) for number in pair)
    spoke = f"for {predicted}" if pair[0] == pair[1] else f"for {predicted} and against {true}"
    of = f"the first {explained} of {there}" if explained < there else f"all {there}"
    return (
        f"What spoke {spoke}, in {of}, each weighing the same. How to read this: bright places "
        "are where it tends to look; things stand at different places, so a mean map says more "
        "about habits, such as looking at the edge, than about things."
    )


@st.cache_data(max_entries=50, show_spinner="Asking where it looked …")
def _maps(
    version: str,  # noqa: ARG001
    numbers: np.ndarray,  # noqa: ARG001
    split: str,  # noqa: ARG001
    method: str,
    pair: Cell,
    _of: tuple[Network, Tensor],
) -> Tensor:
    """[N, 32, 32]; `_of` is the network and its images, which the rest tells apart."""
    network, images = _of
    true, predicted = pair
    against = None if true == predicted else true
    targets = torch.full((len(images),), predicted)
    return explain(network, images, targets, method, against=against)
