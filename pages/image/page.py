"""One image: what every network at hand takes it for, where one of them looked, and its label."""

import streamlit as st

from app import services
from app.charts.probabilities import probability_bars
from app.example import Example, show_maps, verdict
from app.familiarity import familiarity_of, say_verdict, show_neighbours
from app.gallery import thumbnails
from app.networks import pick_network
from app.photos import PHOTO, Photo, photo_asked_for, photo_is_gone
from app.pictures import at_hand, is_here
from app.problems import in_one_sentence
from app.routes import page
from app.seeing import example_of, pick_seeing, seeing_in_link
from app.text import plain
from app.titles import tab_title
from core.data import Split, SplitName
from core.evaluation.logits import has_logits
from core.runs.checkpoint import Card
from core.runs.networks import BEST, TrainedNetwork
from pages.image.answers import Subject, said_of_image, show_answers
from pages.image.choice import asked_split, pick_image, pick_split
from pages.image.label import show_label

TITLES: dict[SplitName, str] = {"train": "Training", "validation": "Validation", "test": "Test"}


def photo_page(photo: Photo, network: TrainedNetwork) -> None:
    query = {"run": network.id, PHOTO: photo.key}
    with st.container(horizontal=True):
        st.page_link(
            page("predict"),
            label="Try things on it, on Predict",
            query_params=query | seeing_in_link(),
        )
        _link_inside(query | {"picture": "photo"})
    example = example_of(photo, pick_seeing())
    subject = Subject(example.framings.numpy(), None, None)
    show(photo.name, example, subject, network, photo.picture.notes)


def image_of_data_set(network: TrainedNetwork) -> None:
    card, split = services.card(network.path), asked_split()
    images = pictures_of(card, split)
    labels = None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pick_split(split)
        if images is not None:
            labels = images.labels.numpy()
        elif has_logits(network.path, split):
            labels = services.logits(network.path, split).labels
        number = pick_image(split, labels, card.classes) if labels is not None else -1
    if labels is None:
        st.info(f"What networks say of the {split} images is not stored here either.")
        return
    true = card.classes[int(labels[number])]
    name = f"{TITLES[split]} image #{number}"
    if images is None:
        subject, example = Subject(None, (split, number), true), None
    else:
        if split == "test":
            _link_inside({"run": network.id, "image": str(number)})
        picture = images.images[number]
        subject = Subject(picture.unsqueeze(0).numpy(), (split, number), true)
        example = Example(name, picture.numpy(), picture, picture.unsqueeze(0), true)
    show(name, example, subject, network, ())
    show_label(card, split, number, len(labels))


def _link_inside(query: dict[str, str]) -> None:
    st.page_link(
        page("inside"),
        label="Follow it layer by layer",
        query_params=query | {"view": "Layer by layer"},
    )


def pictures_of(card: Card, split: SplitName) -> Split | None:
    """None while they are not here, or are others now, which is told."""
    data = card.recipe.data
    if not is_here(data):
        st.info("The picture is not here.")
        if not at_hand(data):
            return None
    with in_one_sentence():
        return services.own_dataset(card).split(split)
    return None


def show(
    name: str,
    example: Example | None,
    subject: Subject,
    network: TrainedNetwork,
    notes: tuple[str, ...],
) -> None:
    """example: None where the picture is not here"""
    tab_title(name, "Image")
    classes = services.card(network.path).classes
    said = said_of_image(network, subject)
    st.markdown(f"**{plain(name)}**")
    if said is not None:
        found = familiarity_of(subject.photo, network) if subject.photo is not None else None
        say_verdict(verdict(classes, said, subject.true), found)
    left, right = st.columns(2, gap="medium")
    with left:
        if example is not None:
            told = ["The picture", "What the network sees"][: 1 if example.true else 2]
            seen = [example.shown, example.image.numpy()][: len(told)]
            st.html(thumbnails(seen, told, size=150, alts=[f"{name}: {text}" for text in told]))
        for note in notes:
            st.caption(plain(note))
    with right:
        if said is not None:
            st.html(probability_bars(classes, said))
    st.subheader("What every network says", anchor=False)
    show_answers(subject, network)
    if example is not None:
        st.subheader("What it reminds it of", anchor=False)
        show_neighbours(
            example.image.numpy(), network, subject.training_image, subject.photo is None
        )
        st.subheader("Where it looked", anchor=False)
        version = f"{network.id} {network.version}"
        show_maps(example, services.network(network.path), version, "image")


tab_title("Image")
st.title("One image", anchor=False)
trained = pick_network(preferred=BEST)
if trained is not None:
    photo = photo_asked_for()
    if photo is not None:
        photo_page(photo, trained)
    elif photo_is_gone():
        for path, label, icon in (
            (page("predict"), "Upload it on Predict", "upload"),
            (page("image"), "An image of the data set", "image"),
        ):
            link = {"run": trained.id}
            st.page_link(path, label=label, icon=f":material/{icon}:", query_params=link)
    else:
        image_of_data_set(trained)
