"""The images that are nearest to one in the space of a layer."""

from collections import Counter

import streamlit as st

from app import services
from app.gallery import thumbnails
from app.links import link_attributes
from app.segments import segments
from app.text import plain
from pages.inside.channel import SPLITS, survey_if_possible
from pages.inside.picture import pick_number
from pages.inside.subject import Subject, pick_layer

SIDE = 96  # pixels, the least width of a picture


def show_neighbours(subject: Subject) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        step = pick_layer(subject.steps)
        split = segments("Images", SPLITS, "images")
        chosen = st.container()
    survey = survey_if_possible(subject, split, step)
    if survey is None:
        return
    images = services.own_dataset(subject.card).split(split)
    with chosen:
        number = pick_number(len(images))
    numbers = [number, *survey.nearest[number].tolist()]
    classes = [subject.card.classes[int(images.labels[each])] for each in numbers]
    alike = [None, *survey.similarities[number].tolist()]
    captions = [
        f"#{each} {name}\n{'this image' if cosine is None else f'cosine {cosine:.3f}'}"
        for each, name, cosine in zip(numbers, classes, alike, strict=True)
    ]
    links = [
        link_attributes(
            "inside",
            run=subject.trained.id,
            view="Neighbours",
            layer=step.name,
            images=split,
            image=each,
        )
        for each in numbers
    ]
    st.markdown(_in_words(classes, step.name))
    pictures = images.images[numbers].numpy()
    st.html(thumbnails(pictures, captions, size=SIDE, links=links))
    st.caption(
        "How to read this: the nearest first, by the cosine between what the layer makes of two "
        "images, each channel averaged over its map. Early layers find the same colours and "
        "textures, late ones the same things: choose another layer and compare. Cosines of early "
        "layers are all close to 1, so only their order tells something."
    )


def _in_words(classes: list[str], layer: str) -> str:
    own, *others = classes
    same = sum(name == own for name in others)
    rest = Counter(name for name in others if name != own).most_common(2)
    told = ", ".join(f"{count} {plain(name)}" for name, count in rest)
    most = f"; most others: {told}" if told else ""
    return f"**Of the {len(others)} nearest in {layer}, {same} are {plain(own)} as it is{most}.**"
