"""A network at work: what it has right, and what it is sure of and yet has wrong, in pictures."""

import numpy as np
import streamlit as st
from scipy.special import softmax

from app import access, services
from app.gallery import thumbnails
from app.links import link_attributes
from app.logits import logits_if_possible
from app.networks import network_label
from app.pictures import is_here
from app.problems import in_one_sentence
from app.text import plain
from core.data.shapes import SHAPES, draw
from core.evaluation.logits import SplitLogits, has_logits
from core.runs.networks import TrainedNetwork
from core.wording import probability

SHOWN = 4  # pictures that it has right, and as many that it has wrong


def network_at_work(networks: list[TrainedNetwork]) -> None:
    """The test images that the first network whose images are here has wrong and is surest of, and
    a few that it has right; the shapes that there are to learn where there is no such network.
    Visitors, who may have nothing computed, see one that has said what it takes them for."""
    network = next(filter(_can_be_shown, networks), None)
    if network is None:
        st.subheader("Ten shapes to learn, drawn by the program", anchor=False)
        _shapes_strip()
        return
    st.subheader(f"At work: {plain(network_label(network))}", anchor=False)
    with in_one_sentence():
        evaluated = logits_if_possible(network, "test")
        if evaluated is not None:
            _show_right_and_wrong(network, evaluated)


def _can_be_shown(network: TrainedNetwork) -> bool:
    return is_here(network.recipe.data) and (access.may_steer() or has_logits(network.path, "test"))


def _show_right_and_wrong(network: TrainedNetwork, evaluated: SplitLogits) -> None:
    card = services.card(network.path)
    images = services.own_dataset(card).test.images.numpy()
    probabilities = softmax(evaluated.logits / card.temperature, axis=1)
    guess, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = guess != evaluated.labels
    surest_first = np.argsort(-sure, kind="stable")
    mistakes = surest_first[wrong[surest_first]][:SHOWN]
    spread = np.flatnonzero(~wrong)[:: max(1, (~wrong).sum() // SHOWN)][:SHOWN]
    parts = ("Right", spread), ("Wrong, and yet sure", mistakes)
    for column, (title, index) in zip(st.columns(2), parts, strict=True):
        captions = [
            _caption(card.classes, int(guess[i]), int(evaluated.labels[i]), sure[i]) for i in index
        ]
        with column:
            st.markdown(f"**{title}**")
            links = [
                link_attributes("image", run=network.id, split="test", image=int(i)) for i in index
            ]
            st.html(thumbnails(images[index], captions, links=links))


def _caption(classes: tuple[str, ...], guess: int, label: int, sure: float) -> str:
    said = f"{classes[guess]}, {probability(sure, 0)}"
    return said if guess == label else f"said {said}\nis {classes[label]}"


def _shapes_strip() -> None:
    pictures = draw(2 * len(SHAPES), seed=0)
    names = [list(SHAPES)[label] for label in pictures.labels.tolist()]
    st.html(thumbnails(pictures.images.numpy(), names))
