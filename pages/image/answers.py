"""What every network at hand says of one picture."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st
import torch
from scipy.special import softmax

from app import services
from app.charts.verdicts import Answer, Row, verdict_table
from app.familiarity import is_unlike
from app.links import link_attributes
from app.looked_at import LINK
from core.data import SplitName, same_images
from core.errors import ConvscopeError
from core.evaluation.logits import has_logits
from core.prediction import mean_probabilities
from core.runs.networks import TrainedNetwork

AT_ONCE = 6  # networks that are run over a picture without being asked to; each takes 0.1 s or so
ALL = "every"  # in the link: whether all others are, too


@dataclass(frozen=True)
class Subject:
    """The picture: images, uint8 [N, 32, 32, 3], of which the mean is said, None where they are not
    here; place: split and number, None of a photo; true: its class, where it is known"""

    images: np.ndarray | None
    place: tuple[SplitName, int] | None
    true: str | None

    @property
    def training_image(self) -> int | None:
        """Its number, where it is one."""
        return self.place[1] if self.place is not None and self.place[0] == "train" else None

    @property
    def photo(self) -> np.ndarray | None:
        """The first of `images` where it is no image of a data set, of which it is known that it
        is like the others."""
        return self.images[0] if self.images is not None and self.place is None else None


def show_answers(subject: Subject, looked_at: TrainedNetwork) -> None:
    """A row a network, the one looked at first; a row leads to this page with that network."""
    networks = _of_same_images(subject, looked_at)
    stored = {each: _stored(subject, network) for each, network in networks.items()}
    open_ = [each for each, said in stored.items() if said is None]
    asked, left = (open_, []) if subject.images is not None else ([], open_)
    if len(asked) > AT_ONCE and not st.toggle(
        f"Ask all {len(networks)} networks", key=ALL, bind="query-params"
    ):
        asked, left = asked[:AT_ONCE], asked[AT_ONCE:]
    rows = list(_rows(subject, {each: networks[each] for each in networks if each not in left}))
    st.html(verdict_table(["Network", "What it says"], rows))
    st.caption("How to read this: the bar is how sure each is. Click a row to choose its network.")
    if left:
        why = "" if subject.images is not None else ", which have to see the picture"
        st.caption(f"Not asked: {len(left)} more{why}.")


def said_of_image(network: TrainedNetwork, subject: Subject) -> np.ndarray | None:
    """Probabilities, float [classes]: of the stored logits where there are some, else computed;
    None where that takes the picture and it is not here."""
    said = _stored(subject, network)
    if said is None and subject.images is not None:
        said = _computed(network.path, network.version, subject.images)
    return said


def _of_same_images(subject: Subject, looked_at: TrainedNetwork) -> dict[str, TrainedNetwork]:
    """Those that know this image, the one looked at first; every one of a photo."""
    others = {looked_at.id: looked_at} | services.networks()
    if subject.place is None:
        return others
    split, data = subject.place[0], services.card(looked_at.path).data_fingerprint

    def same(network: TrainedNetwork) -> bool:
        try:
            return same_images(services.card(network.path).data_fingerprint, data, split)
        except ConvscopeError:  # damaged; the page says so when it is chosen
            return False

    return {each: network for each, network in others.items() if same(network)}


def _stored(subject: Subject, network: TrainedNetwork) -> np.ndarray | None:
    if subject.place is None:
        return None
    split, number = subject.place
    if not has_logits(network.path, split):
        return None
    logits = services.logits(network.path, split).logits[number]
    return softmax(logits / services.card(network.path).temperature)


@st.cache_data(max_entries=500, show_spinner="Asking the networks …")
def _computed(path: Path, version: float, images: np.ndarray) -> np.ndarray:
    del version  # part of the cache's key
    return mean_probabilities(services.network(path), torch.from_numpy(images)).numpy()


def _rows(subject: Subject, networks: Mapping[str, TrainedNetwork]) -> Iterator[Row]:
    for network in networks.values():
        try:
            said = said_of_image(network, subject)
            classes = services.card(network.path).classes
        except ConvscopeError:
            continue
        if said is not None:
            query = {**st.query_params.to_dict(), LINK: network.id}
            link = link_attributes("image", **query)
            unlike = subject.photo is not None and is_unlike(subject.photo, network)
            yield Row(network.name, [Answer(classes, said, subject.true, unlike)], link)
