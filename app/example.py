"""One picture before a network: what the network sees, and what it takes it for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from app.charts.probabilities import probability_bars
from app.explaining import show_explanations
from app.text import plain
from core.models.network import Network
from core.prediction import mean_probabilities
from core.wording import counted, probability

UNSURE = 0.5  # of probability
NOT_THE_SAME = ", while the class that is explained at first is the verdict's"


@dataclass(frozen=True)
class Example:
    """shown: uint8 [H, W, 3], square; image: uint8 [32, 32, 3], the same as the network sees it

    framings: uint8 [N, 32, 32, 3], of which the network says the mean
    true: its class, where that is known
    key: what tells it from all others, whose names may be the same
    """

    key: str
    shown: np.ndarray
    image: Tensor
    framings: Tensor
    true: str | None


def show_bars(example: Example, network: Network, version: str) -> None:
    """How probable the network finds each class."""
    probabilities = said_of(network, example.framings.numpy(), version)
    st.html(probability_bars(network.classes, probabilities))
    if probabilities.max() < UNSURE:
        st.caption("The network is unsure.")


def show_maps(example: Example, network: Network, version: str, key: str) -> None:
    """Where it looked; examples of the same `key` share their methods."""
    best = int(said_of(network, example.framings.numpy(), version).argmax())
    if len(example.framings) > 1:
        alone = said_of(network, example.image[None].numpy(), version)
        st.caption(first_look(network.classes, alone, best, len(example.framings)))
    show_explanations(key, example.shown, example.image, network, version, best)


def first_look(classes: Sequence[str], alone: np.ndarray, best: int, looks: int) -> str:
    """What maps are of where several looks are averaged, as Markdown.

    alone: float [classes], what the first look says; best: the class of the mean, an index
    """
    other = "" if int(alone.argmax()) == best else NOT_THE_SAME
    return (
        f"The verdict is the mean of {counted(looks)} looks. What follows is of the first look "
        f"alone, by which it is {verdict(classes, alone)}{other}."
    )


def verdict(classes: Sequence[str], probabilities: np.ndarray, true: str | None = None) -> str:
    """'cat, 93% sure', as Markdown; probabilities: float [classes], 0 to 1."""
    best = int(probabilities.argmax())
    truly = f" (truly {plain(true)})" if true is not None else ""
    return f"{plain(classes[best])}, {probability(probabilities[best], 0)} sure{truly}"


@st.cache_data(max_entries=1000, show_spinner=False)
def said_of(_network: Network, images: np.ndarray, version: str) -> np.ndarray:
    """The mean of the network's probabilities (float32 [classes]) of framings, uint8 [N, 32, 32,
    3]; `version` tells networks apart."""
    del version  # part of the cache's key
    return mean_probabilities(_network, torch.from_numpy(images)).numpy()
