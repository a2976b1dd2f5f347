"""Predict: any picture in; what the network takes it for and where it looked, out."""

import numpy as np
import streamlit as st

from app import services
from app.networks import pick_network
from app.pictures import at_hand
from app.problems import in_one_sentence
from app.text import plain
from core.data import SplitName
from core.decoding import SUFFIXES
from core.models.network import Network
from core.prediction import Fit, framed, read_picture, to_input
from core.runs.checkpoint import Card
from core.runs.networks import BEST
from pages.predict.explanations import Example, show_example

TYPES = sorted(SUFFIXES)
FITS: dict[Fit, str] = {"crop": "Crop the centre", "pad": "Pad with grey", "stretch": "Stretch"}
SHOWN_SIDE = 256  # pixels, of the picture beside the network's input
SPLIT: SplitName = "test"


def uploaded() -> list[Example]:
    """Pictures from files or the camera; a file that cannot be read is refused in a sentence."""
    files = st.file_uploader("Photos", TYPES, accept_multiple_files=True)
    with st.expander("Use the camera", icon=":material/photo_camera:"):
        photo = st.camera_input("Camera", label_visibility="collapsed")
    fit: Fit | None = st.segmented_control(
        "How a picture becomes square", list(FITS), default="crop", format_func=lambda f: FITS[f]
    )
    examples: list[Example] = []
    for file in [*files, *([photo] if photo else [])]:
        with in_one_sentence():
            picture = read_picture(file.getvalue(), file.name)
            shown = np.asarray(framed(picture, fit or "crop", SHOWN_SIDE))
            image = to_input(picture, fit or "crop")
            examples.append(
                Example(file.file_id, file.name, shown, image, picture.notes, true=None)
            )
    return examples


def from_data_set(card: Card, network: Network) -> list[Example]:
    """Test images of the network's own data set, one class at a time."""
    if not at_hand(card.recipe.data):
        return []
    images = services.own_dataset(card).split(SPLIT)
    with st.container(horizontal=True):
        wanted = st.selectbox("Class", network.classes, width=200)
        of_class = (images.labels == network.classes.index(wanted)).nonzero().flatten().tolist()
        first = st.number_input("Image of the class", 1, len(of_class), width=180)
    number = of_class[first - 1]
    picture = images.images[number]
    name = f"Test image #{number}"
    return [Example(name, name, picture.numpy(), picture, (), true=wanted)]


st.title("Predict", anchor=False)
trained = pick_network(preferred=BEST)
if trained is not None:
    network = services.network(trained.path)
    source = st.segmented_control("Pictures", ["Your own", "Test images"], default="Your own")
    if source == "Test images":
        examples = from_data_set(services.card(trained.path), network)
    else:
        st.caption(f"The network knows {plain(', '.join(network.classes))}, and nothing else.")
        examples = uploaded()
    for example in examples:
        show_example(example, network, f"{trained.id} {trained.version}")
