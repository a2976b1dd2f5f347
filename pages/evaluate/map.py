"""A map of the images: what is alike to the network lies together."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import streamlit as st
from scipy.special import softmax

from app import services, theme
from app.areas import PAGE, area_from_url, choose_area, hidden_from_url, keep_to_map
from app.cells import pick_page
from app.charts.scatter import Group, Images, show_scatter
from app.gallery import thumbnails
from app.links import link_attributes
from app.pictures import at_hand, is_here
from app.problems import in_one_sentence
from app.segments import segments
from app.work import wait_for
from core.evaluation.maps import ImageMap, chosen_by, places_on, stored_map
from core.jobs import MapWork
from pages.evaluate.subject import Subject

By = Literal["class", "verdict", "confidence"]
COLOURS: dict[By, str] = {
    "class": "Class",
    "verdict": "Right or wrong",
    "confidence": "Confidence",
}
LEVELS = (0.5, 0.8, 0.95, 0.99)  # of confidence, between the groups
LEVEL_TITLES = ("Below 50 %", "50 to 80 %", "80 to 95 %", "95 to 99 %", "99 % and more")
LEVEL_LOOKS = ((1, 9), (6, 3), (4, 2), (2, 1), (0, 0))  # slots of colours, and symbols
AXES = ("First direction of t-SNE (no unit)", "Second direction of t-SNE (no unit)")
SHOWN = 24  # chosen images a page


@st.fragment
def show_map(subject: Subject) -> None:
    """The map, and beside it the images that are chosen on it."""
    with in_one_sentence():
        drawn = stored_map(subject.network.path, subject.split, len(subject.evaluated.labels))
        if drawn is None:
            _have_it_drawn(subject)
            return
        keep_to_map(f"{subject.network.path} {subject.split}")
        left, right = st.columns([3, 2], gap="medium")
        with left:
            by = segments("Colours show", COLOURS, "colours")
            groups = grouped(subject, drawn, by)
            show_scatter(
                images_on(subject, drawn), groups, AXES, "map", map_words(groups, by), choose_area
            )
            st.caption(
                "How to read this: each point is an image, by what the network makes of it before "
                "it answers (its last features, PCA to 50, then t-SNE). Neighbours are alike to "
                "the network; how far apart distant clusters lie, and how large they are, means "
                "nothing."
            )
        with right:
            _show_chosen(subject, drawn, chosen_places(drawn, groups))


def _have_it_drawn(subject: Subject) -> None:
    data = subject.card.recipe.data
    if not is_here(data):
        st.info(
            "The map of these images is not stored beside this network, or is damaged. It can be "
            "drawn from the pictures of its data set, which are not here yet."
        )
        if not at_hand(data):
            return
    wait_for(MapWork(checkpoint=subject.network.path, split=subject.split))


def grouped(subject: Subject, drawn: ImageMap, by: By) -> list[Group]:
    """The points on the map by how they look; groups without any are left out."""
    logits, labels = subject.evaluated.logits[drawn.images], subject.evaluated.labels[drawn.images]
    if by == "class":
        kind, titles, colours = labels, subject.card.classes, len(theme.LINES)
        # Those whose colours are alike have other symbols.
        looks = [(k % colours, (k + k // colours) % len(theme.SYMBOLS)) for k in range(len(titles))]
    elif by == "verdict":
        kind, titles = (logits.argmax(axis=1) != labels).astype(int), ["Right", "Wrong"]
        looks = [(0, 0), (1, 9)]
    else:
        confidence = softmax(logits / subject.card.temperature, axis=1).max(axis=1)
        kind = np.searchsorted(LEVELS, confidence, side="right")
        titles, looks = LEVEL_TITLES, LEVEL_LOOKS
    members = [np.flatnonzero(kind == k) for k in range(len(titles))]
    return [
        Group(title, places, *look)
        for title, places, look in zip(titles, members, looks, strict=True)
        if len(places)
    ]


def images_on(subject: Subject, drawn: ImageMap) -> Images:
    """The points, and what each of them is."""
    evaluated, images = subject.evaluated, drawn.images
    answers = evaluated.logits[images].argmax(axis=1)
    return Images(places_on(drawn), images, evaluated.labels[images], answers, subject.card.classes)


def map_words(groups: Sequence[Group], by: By) -> str:
    """The same, for those who don't see it."""
    told = ", ".join(f"{group.title} {len(group.members):,}" for group in groups)
    return f"A map of the images by what the network makes of them; {COLOURS[by].lower()}: {told}."


def chosen_places(drawn: ImageMap, groups: Sequence[Group]) -> np.ndarray:
    """Which points the URL chooses among the groups that it hides not: int64 [n], rising."""
    path, hidden = area_from_url(), hidden_from_url()
    seen = [group.members for group in groups if group.title not in hidden]
    if path is None or not seen:
        return np.array([], dtype=np.int64)
    shown = np.sort(np.concatenate(seen))
    return shown[chosen_by(path, places_on(drawn)[shown])]


def _show_chosen(subject: Subject, drawn: ImageMap, places: np.ndarray) -> None:
    images = drawn.images[places]
    if not len(images):
        st.caption(
            "Choose images on the map: click one, or draw around some; with a finger, after "
            "pressing Draw around. Ctrl and the wheel, or two fingers, look closer."
        )
        return
    evaluated, classes = subject.evaluated, subject.card.classes
    answers = evaluated.logits[images].argmax(axis=1)
    right = int((answers == evaluated.labels[images]).sum())
    noun = "image" if len(images) == 1 else "images"
    st.subheader(f"{len(images):,} {noun} chosen, {right:,} right", anchor=False)
    page = pick_page(len(images), SHOWN, PAGE)
    shown = slice((page - 1) * SHOWN, page * SHOWN)
    if not at_hand(subject.card.recipe.data):
        st.caption("Their pictures are missing here, so they are named by number alone.")
        st.dataframe(
            {
                "image": images,
                "class": [classes[label] for label in evaluated.labels[images]],
                "prediction": [classes[answer] for answer in answers],
            }
        )
        return
    pictures = services.own_dataset(subject.card).split(subject.split).images.numpy()
    captions, links = [], []
    for image, answer in zip(images[shown].tolist(), answers[shown].tolist(), strict=True):
        given = classes[evaluated.labels[image]]
        taken = "" if classes[answer] == given else f"\ntaken for {classes[answer]}"
        captions.append(f"#{image} {given}{taken}")
        links.append(
            link_attributes("image", run=subject.network.id, split=subject.split, image=image)
        )
    st.html(thumbnails(pictures[images[shown]], captions, links=links))
