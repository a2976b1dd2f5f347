"""Pictures for the home page: a network's surest mistakes, or the shapes there are to learn."""

import numpy as np
import streamlit as st
from scipy.special import softmax

from app import services
from app.charts.matrix import confusion_matrix_figure
from app.gallery import thumbnails
from app.logits import logits_if_possible
from app.pictures import is_here
from app.text import plain
from core.data.shapes import SHAPES, draw
from core.errors import ConvscopeError
from core.evaluation.metrics import confusion_matrix
from core.runs.checkpoint import Card
from core.runs.networks import TrainedNetwork

SHOWN = 12


def network_at_work(network: TrainedNetwork) -> None:
    """The test images that a network is most surely wrong about, and a few it has right; its
    confusion matrix where the images are not to be had, or would have to be downloaded first."""
    card, judged = services.card(network.path), logits_if_possible(network, "test")
    if judged is None:
        return
    images = _test_images(card)
    if images is None:
        st.caption("What it takes the test images for, in percent of each class.")
        matrix = confusion_matrix(judged.logits, judged.labels)
        st.plotly_chart(confusion_matrix_figure(matrix, card.classes, "true"), key="at work")
        return
    probabilities = softmax(judged.logits / card.temperature, axis=1)
    guess, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = guess != judged.labels
    surest_first = np.argsort(-sure, kind="stable")
    mistakes = surest_first[wrong[surest_first]][: SHOWN // 2]
    spread = np.flatnonzero(~wrong)[:: max(1, (~wrong).sum() // (SHOWN // 2))][: SHOWN // 2]
    for title, index in (("Right", spread), ("Surely wrong", mistakes)):
        st.markdown(f"**{title}**")
        captions = [
            _caption(card.classes, int(guess[i]), int(judged.labels[i]), sure[i]) for i in index
        ]
        st.html(thumbnails(images[index], captions))


def _test_images(card: Card) -> np.ndarray | None:
    if not is_here(card.recipe.data):
        return None
    try:
        return services.own_dataset(card).test.images.numpy()
    except ConvscopeError as error:
        st.caption(plain(str(error)))
        return None


def _caption(classes: tuple[str, ...], guess: int, label: int, sure: float) -> str:
    said = f"{classes[guess]}, {sure:.0%}"
    return said if guess == label else f"{said}\nis {classes[label]}"


def shapes_strip() -> None:
    pictures = draw(2 * len(SHAPES), seed=0)
    names = [list(SHAPES)[label] for label in pictures.labels.tolist()]
    st.html(thumbnails(pictures.images.numpy(), names))
