"""Predict: any picture in; what the network takes it for and where it looked, out."""

import streamlit as st

from app import services
from app.example import Example, show_example
from app.networks import pick_network
from app.text import plain
from app.titles import tab_title
from core.models.network import Network
from core.runs.checkpoint import Card
from core.runs.networks import BEST
from pages.predict.data_set import pick_image
from pages.predict.photos import pick_photos, remove
from pages.predict.source import DATA_SET, pick_source


def photos(network: Network, version: str) -> None:
    st.caption(f"The network knows {plain(', '.join(network.classes))}, and nothing else.")
    kept, fit = pick_photos()
    for photo in kept:
        shown, image = photo.squares[fit]
        example = Example(photo.key, photo.name, shown, image, photo.notes, true=None)
        show_example(example, network, version, remove=lambda photo=photo: remove(photo))


def image_of_data_set(card: Card, network: Network, version: str) -> None:
    picked = pick_image(card)
    if picked is None:
        return
    split, number, images = picked
    name = f"{split.capitalize()} image #{number}"
    picture, label = images.images[number], int(images.labels[number])
    example = Example(name, name, picture.numpy(), picture, (), true=network.classes[label])
    show_example(example, network, version)


tab_title("Predict")
st.title("Predict", anchor=False)
trained = pick_network(preferred=BEST)
if trained is not None:
    tab_title(trained.name, "Predict")
    network = services.network(trained.path)
    version = f"{trained.id} {trained.version}"
    if pick_source() == DATA_SET:
        image_of_data_set(services.card(trained.path), network, version)
    else:
        photos(network, version)
