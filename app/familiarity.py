"""Whether a picture is like what a network was trained on, and which images it reminds it of."""

from pathlib import Path

import numpy as np
import streamlit as st
import torch

from app import access, services
from app.gallery import thumbnails
from app.links import link_attributes
from app.pictures import is_here
from app.steering import action
from app.text import plain
from app.work import wait_for
from core.jobs import FamiliarityWork
from core.models.network import Network
from core.prediction import Familiarity, Reference, familiarity
from core.prediction.reference import NoReferenceError, load_reference
from core.runs.networks import TrainedNetwork

SIDE = 84  # pixels, the least width of a picture


def reference_of(trained: TrainedNetwork) -> Reference | None:
    """What is familiar to a network; where that is not known, a sentence says so, and a button has
    it learned. Once on a page."""
    try:
        return _reference(trained.path, f"{trained.id} {trained.version}")
    except NoReferenceError as error:
        work = FamiliarityWork(checkpoint=trained.path)
        if services.store().tasks.get(work.key) is not None:
            wait_for(work)
            return None
        st.caption(plain(str(error)))
        if is_here(trained.recipe.data) and access.may_steer():
            action(
                "Learn what is familiar to it",
                ":material/school:",
                lambda: services.queue().ask(work),
                work.key,
            )
        return None


def familiarity_of(
    image: np.ndarray, network: Network, reference: Reference | None, version: str
) -> Familiarity | None:
    """Of a picture as the network sees it, uint8 [32, 32, 3]; None where it is not known. `version`
    tells networks apart."""
    return None if reference is None else _familiarity(image, network, reference, version)


def say_unlike(found: Familiarity, verdict: str) -> None:
    """Instead of a confident `verdict`, Markdown such as 'cat, 93% sure', for a picture that is
    unlike all that is familiar."""
    st.markdown("**Unlike anything it was trained on**")
    st.caption(
        f"It is stranger to the network than {found.stranger_than:.0%} of the validation images. "
        f"Asked all the same, it says: {verdict}."
    )


def show_neighbours(found: Familiarity, trained: TrainedNetwork) -> None:
    """The training images that the picture reminds the network of: as pictures that lead to their
    own view, or by class and number where the pictures are not here."""
    st.caption(
        "It reminds the network of these training images. How alike they are to it is the cosine "
        "of its last features, 1 at most."
    )
    if not is_here(trained.recipe.data):
        told = (f"{near.name} #{near.image} ({near.similarity:.2f})" for near in found.neighbours)
        st.markdown(plain(", ".join(told)))
        return
    images = services.own_dataset(services.card(trained.path)).train.images
    near = found.neighbours
    st.html(
        thumbnails(
            [images[each.image].numpy() for each in near],
            [f"{each.name} #{each.image}\n{each.similarity:.2f} alike" for each in near],
            SIDE,
            [f"Training image #{each.image}, {each.name}" for each in near],
            [
                link_attributes("predict", run=trained.id, split="train", image=each.image)
                for each in near
            ],
        )
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def _reference(checkpoint: Path, version: str) -> Reference:
    del version  # part of the cache's key
    return load_reference(checkpoint)


@st.cache_data(max_entries=500, show_spinner=False)
def _familiarity(
    image: np.ndarray, _network: Network, _reference: Reference, version: str
) -> Familiarity:
    del version  # part of the cache's key
    return familiarity(_network, _reference, torch.from_numpy(image).unsqueeze(0))[0]
