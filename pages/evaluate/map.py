"""A map of the images: what is alike to the network lies together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from scipy.special import softmax

from app import services, theme
from app.charts.labels import LABEL, escaped, shortened
from app.gallery import thumbnails
from app.links import link_attributes
from app.pictures import at_hand, is_here
from app.problems import in_one_sentence
from app.segments import segments
from app.work import wait_for
from core.evaluation.maps import ImageMap, stored_map
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
LEVEL_LOOKS = (
    (theme.LINES[1], "x"),
    (theme.LINES[6], "triangle-up"),
    (theme.LINES[2], "diamond"),
    (theme.LINES[5], "square"),
    (theme.LINES[0], "circle"),
)
OFFERED = ("select", "lasso", "zoom", "resetScale")
SHOWN = 24  # chosen images a page


@dataclass(frozen=True)
class Group:
    """Points of one look. members: int [n], places on the map"""

    title: str
    members: np.ndarray
    colour: str
    symbol: str


@st.fragment
def show_map(subject: Subject) -> None:
    """The map, and beside it the images that are chosen on it."""
    with in_one_sentence():
        drawn = stored_map(subject.network.path, subject.split, len(subject.evaluated.labels))
        if drawn is None:
            _have_it_drawn(subject)
            return
        left, right = st.columns([3, 2], gap="medium")
        with left:
            by = segments("Colours show", COLOURS, "colours")
            groups = grouped(subject, drawn, by)
            chosen = st.plotly_chart(
                map_figure(subject, drawn, groups),
                key=f"map by {by}",
                on_select="rerun",
                selection_mode=("points", "box", "lasso"),
                config={"displayModeBar": True},
                alt=map_words(groups, by),
            )
            st.caption(
                "How to read this: each point is an image, by what the network makes of it before "
                "it answers (its last features, PCA to 50, then t-SNE). Neighbours are alike to "
                "the network; how far apart distant clusters lie, and how large they are, means "
                "nothing."
            )
        with right:
            _show_chosen(subject, drawn, chosen_places(groups, chosen.selection.points))


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
        kind, titles = labels, [escaped(shortened(name, LABEL)) for name in subject.card.classes]
        looks = [
            (theme.LINES[k % len(theme.LINES)], theme.SYMBOLS[(k + k // 8) % len(theme.SYMBOLS)])
            for k in range(len(titles))
        ]
    elif by == "verdict":
        kind, titles = (logits.argmax(axis=1) != labels).astype(int), ["Right", "Wrong"]
        looks = [(theme.LINES[5], "circle"), (theme.LINES[1], "x")]
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


def map_figure(subject: Subject, drawn: ImageMap, groups: Sequence[Group]) -> go.Figure:
    """A point an image; what it is, is told when it is pointed at."""
    names = np.array([escaped(name) for name in subject.card.classes], dtype=object)
    given = names[subject.evaluated.labels[drawn.images]]
    answers = names[subject.evaluated.logits[drawn.images].argmax(axis=1)]
    told = np.stack([drawn.images.astype(object), given, answers], axis=1)
    points = drawn.points.astype(np.float64).round(4)
    figure = go.Figure()
    for group in groups:
        figure.add_scattergl(
            x=points[group.members, 0],
            y=points[group.members, 1],
            name=group.title,
            mode="markers",
            marker={"size": 5, "color": group.colour, "symbol": group.symbol, "opacity": 0.75},
            customdata=told[group.members].tolist(),
            hovertemplate="#%{customdata[0]}: %{customdata[1]}, "
            "the network says %{customdata[2]}<extra></extra>",
        )
    axis = {"showticklabels": False, "range": [-1.05, 1.05]}
    figure.update_xaxes(title_text="First direction of t-SNE (no unit)", **axis)
    figure.update_yaxes(title_text="Second direction of t-SNE (no unit)", **axis)
    figure.update_layout(hovermode="closest", legend={"itemsizing": "constant"})
    theme.style(figure, height=560, offer=OFFERED)
    # Below the map, as the buttons for choosing stay above it.
    return figure.update_layout(legend={"y": -0.1, "yanchor": "top"})


def map_words(groups: Sequence[Group], by: By) -> str:
    """The same, for those who don't see it."""
    told = ", ".join(f"{group.title} {len(group.members):,}" for group in groups)
    return f"A map of the images by what the network makes of them; {COLOURS[by].lower()}: {told}."


def chosen_places(groups: Sequence[Group], points: Sequence[Any]) -> np.ndarray:
    """Places on the map of the points that the chart tells of: int [n], each once, in order."""
    places = [
        groups[point["curve_number"]].members[point["point_index"]]
        for point in points
        if point["curve_number"] < len(groups)
    ]
    return np.unique(np.array(places, dtype=np.int64))


def _show_chosen(subject: Subject, drawn: ImageMap, places: np.ndarray) -> None:
    images = drawn.images[places]
    if not len(images):
        st.caption(
            "Choose images on the map: click one, or take Lasso or Box Select from the buttons "
            "above it and draw around some."
        )
        return
    evaluated, classes = subject.evaluated, subject.card.classes
    answers = evaluated.logits[images].argmax(axis=1)
    right = int((answers == evaluated.labels[images]).sum())
    noun = "image" if len(images) == 1 else "images"
    st.subheader(f"{len(images):,} {noun} chosen, {right:,} right", anchor=False)
    pages = -(-len(images) // SHOWN)
    page = st.pagination(pages, key="chosen images") if pages > 1 else 1
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
            link_attributes("predict", run=subject.network.id, split=subject.split, image=image)
        )
    st.html(thumbnails(pictures[images[shown]], captions, links=links))
