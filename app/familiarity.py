"""Whether a picture is like what a network was trained on, and which images it reminds it of."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import streamlit as st
import torch

from app import access, services
from app.charts.verdicts import UNLIKE
from app.gallery import thumbnails
from app.links import link_attributes
from app.pictures import is_here
from app.problems import in_one_sentence
from app.text import plain
from app.work import offer
from core.errors import ConvscopeError
from core.jobs import FamiliarityWork
from core.prediction import Familiarity, Neighbour, Reference, familiarity
from core.prediction.familiarity import FALSE_ALARMS
from core.prediction.reference import NoReferenceError, load_reference
from core.runs.networks import TrainedNetwork
from core.wording import probability

SIDE = 84  # pixels, the least width of a picture


def familiarity_of(image: np.ndarray, trained: TrainedNetwork) -> Familiarity | None:
    """Of a picture as a network sees it, uint8 [32, 32, 3]; None where that is not known, of which
    `show_neighbours` says why."""
    try:
        return _found(image, trained)
    except ConvscopeError:
        return None


def is_unlike(image: np.ndarray, trained: TrainedNetwork) -> bool:
    """Whether it is known to be unlike all that is familiar; as `familiarity_of`."""
    found = familiarity_of(image, trained)
    return found is not None and found.unlike


def say_verdict(verdict: str, found: Familiarity | None, by: str = "") -> None:
    """A `verdict` such as 'cat, 93% sure' as a heading; of a picture unlike all that is familiar,
    that it is so, and the verdict below. by: who says it, where that is to be told; all Markdown"""
    if found is None or not found.unlike:
        st.subheader(f"{by}{verdict}", anchor=False)
        return
    st.subheader(f"{by}{UNLIKE}", anchor=False)
    st.caption(
        f"As strange to the network as {_others_as_strange(found)}; at {FALSE_ALARMS:.0%} or less "
        f"a picture is called unlike. Asked all the same, it says: {verdict}."
    )


def _others_as_strange(found: Familiarity) -> str:
    share = 1 - found.stranger_than
    return (
        f"{probability(share, 0)} of the validation images are"
        if share > 0
        else "none of the validation images is"
    )


def show_neighbours(
    image: np.ndarray,
    trained: TrainedNetwork,
    itself: int | None = None,
    of_its_classes: bool = False,
) -> None:
    """The training images that a picture (uint8 [32, 32, 3]) reminds a network of: as pictures that
    lead to their own page, or by class and number where the pictures are not here. Where it is not
    known what is familiar to the network, a sentence says so, and a button has it learned.

    itself: the number of a training image, which is left out
    of_its_classes: whether the picture is known to be of them, and so keeps its verdict
    """
    with in_one_sentence():
        try:
            found = _found(image, trained)
        except NoReferenceError as error:
            _offer_to_learn(trained, str(error))
            return
        st.caption(
            "The training images that are the least unlike it. The cosine, 1 at most, is of the "
            "network's last features alone, and may be high where others make the picture strange."
            if found.unlike and not of_its_classes
            else "It reminds the network of these training images. The cosine, 1 at most, is of "
            "the network's last features."
        )
        _show_near([near for near in found.neighbours if near.image != itself], trained)


def _show_near(neighbours: Sequence[Neighbour], trained: TrainedNetwork) -> None:
    if not is_here(trained.recipe.data):
        told = (f"{near.name} #{near.image} ({near.similarity:.3f})" for near in neighbours)
        st.markdown(plain(", ".join(told)))
        return
    images = services.own_dataset(services.card(trained.path)).train.images
    if any(near.image >= len(images) for near in neighbours):
        raise ConvscopeError(
            f"What is kept of the training images of {trained.name} names some that there are not; "
            f"`python -m core familiarity {trained.id}` makes it anew."
        )
    links = [
        link_attributes("image", run=trained.id, split="train", image=near.image)
        for near in neighbours
    ]
    st.html(
        thumbnails(
            [images[near.image].numpy() for near in neighbours],
            [f"{near.name} #{near.image}\ncosine {near.similarity:.3f}" for near in neighbours],
            SIDE,
            [f"Training image #{near.image}, {near.name}" for near in neighbours],
            links,
        )
    )


def _offer_to_learn(trained: TrainedNetwork, why: str) -> None:
    work = FamiliarityWork(checkpoint=trained.path)
    asked = services.store().tasks.get(work.key) is not None
    if not asked:
        st.caption(plain(why))
    if asked or (is_here(trained.recipe.data) and access.may_steer()):
        offer(work)


def _found(image: np.ndarray, trained: TrainedNetwork) -> Familiarity:
    """Raises NoReferenceError and ConvscopeError as `load_reference` and `familiarity`."""
    return _familiarity(image, trained.path, f"{trained.id} {trained.version}")


@st.cache_data(max_entries=500, show_spinner=False)
def _familiarity(image: np.ndarray, checkpoint: Path, version: str) -> Familiarity:
    reference = _reference(checkpoint, version)
    pictures = torch.from_numpy(image).unsqueeze(0)
    return familiarity(services.network(checkpoint), reference, pictures)[0]


@st.cache_resource(max_entries=8, show_spinner=False)
def _reference(checkpoint: Path, version: str) -> Reference:
    del version  # part of the cache's key
    return load_reference(checkpoint)
