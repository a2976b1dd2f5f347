"""A layer: its filters where it looks at pixels, and what it makes of a picture."""

from html import escape

import numpy as np
import streamlit as st
import torch

from app.charts.verdicts import UNLIKE
from app.familiarity import is_unlike
from app.links import link_attributes
from app.routes import page
from core.inside.drawing import filters_as_pictures, maps_as_pictures
from core.inside.first_layer import filters_of, is_whitening
from core.inside.outputs import output_of
from core.models.graph import Step
from core.wording import probability
from pages.inside.picture import Picture, pick_picture, picture_html
from pages.inside.scale import Scale
from pages.inside.subject import (
    CHANNEL,
    Subject,
    pick_channel,
    pick_layer,
    shape_in_words,
)
from pages.inside.tiles import tiles

LARGE = 132  # pixels, the side of the picture and of the chosen map


def show_layer(subject: Subject) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        step = pick_layer(subject.steps)
        channel = pick_channel(step)
        st.page_link(
            page("inside"),
            label="What excites this channel",
            icon=":material/bolt:",
            query_params={
                "run": subject.trained.id,
                "view": "Channel",
                "layer": step.name,
                CHANNEL: str(channel),
            },
        )
    picture = pick_picture(subject)
    st.caption(f"{step.name}: {shape_in_words(step)}; {layer_in_words(step)}")
    if picture is not None:
        show_maps(subject, step, channel, picture)
    show_filters(subject, step, channel, picture)


def layer_in_words(step: Step) -> str:
    sees = (
        f"each place sees {step.receptive_field}x{step.receptive_field} pixels"
        if step.receptive_field < 32
        else "each number can depend on the whole picture"
    )
    return f"{sees}."


def show_maps(subject: Subject, step: Step, channel: int, picture: Picture) -> None:
    maps = maps_of(subject, step, picture.pixels.numpy())
    pictures, scale = maps_as_pictures(torch.from_numpy(maps)), Scale.of(torch.from_numpy(maps))
    left, right = st.columns([1, 3], gap="medium")
    with left:
        st.html(_beside(subject, picture, pictures[channel], step, channel))
        st.html(scale.html)
    with right:
        strongest = maps.reshape(len(maps), -1).max(axis=1)
        st.html(
            tiles(
                pictures,
                [f"channel {n}, at most {value:.3g}" for n, value in enumerate(strongest)],
                channel_links(subject, step, picture),
                "maps",
                channel,
            )
        )
        st.caption(
            f"How to read this: one small map a channel, all on one scale. {scale.meaning} A high "
            "value is where the channel found in the picture what it looks for. Click a map to see "
            "it large."
        )


def show_filters(subject: Subject, step: Step, channel: int, picture: Picture | None) -> None:
    model = subject.network.model
    weights = filters_of(model, step)
    if weights is None:
        return
    st.subheader("Its filters", anchor=False)
    st.html(
        tiles(
            filters_as_pictures(weights),
            [f"filter of channel {number}" for number in range(len(weights))],
            channel_links(subject, step, picture),
            "filters",
            channel,
        )
    )
    whitening = (
        " This layer never learned: it was computed from the training images, so that what it puts "
        "out is uncorrelated; the second half is the first with the other sign."
        if is_whitening(model, step)
        else ""
    )
    st.caption(
        "How to read this: each filter as the picture that it answers to most, on grey, which is "
        "0. Only the first layer looks at pixels, so only its filters are pictures." + whitening
    )


def channel_links(subject: Subject, step: Step, picture: Picture | None) -> list[str]:
    query = picture.query if picture else {}
    return [
        link_attributes(
            "inside",
            run=subject.trained.id,
            view="Layer",
            layer=step.name,
            **query,
            channel=number,
        )
        for number in range(step.shape[0])
    ]


def maps_of(subject: Subject, step: Step, pixels: np.ndarray) -> np.ndarray:
    """float32 [channels, height, width] or [features]"""
    return _maps(subject.version, step, pixels, subject)


@st.cache_data(max_entries=100, show_spinner=False)
def _maps(version: str, step: Step, pixels: np.ndarray, _subject: Subject) -> np.ndarray:
    del version  # part of the cache's key
    network = _subject.network
    with torch.inference_mode():
        inputs = network.input(torch.from_numpy(pixels)[None])
        return output_of(network.model, inputs, step)[0].float().cpu().numpy()


def _beside(subject: Subject, picture: Picture, drawn: np.ndarray, step: Step, channel: int) -> str:
    """The picture with what it is and is taken for, and the chosen map."""
    title = f"{step.name}, {subject.channel_title(step, channel)}"
    words = f"{picture.title}, {picture.label}"
    answer = escape(f"{words}. {answer_to(subject, picture)}")
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:10px">'
        f"{picture_html(picture.pixels.numpy(), words, answer, LARGE)}"
        f"{picture_html(drawn, title, escape(title), LARGE)}</div>"
    )


def answer_to(subject: Subject, picture: Picture) -> str:
    """What it is taken for; of one that the network cannot know, that it is so."""
    network = subject.network
    probabilities = network.probabilities(network.logits(picture.pixels[None]))[0]
    best = int(probabilities.argmax())
    said = f"{network.classes[best]}, {probability(float(probabilities[best]), 0)} sure"
    if picture.is_own:
        return f"Taken for {said}"
    if is_unlike(picture.pixels.numpy(), subject.trained):
        return f"{UNLIKE}. Asked all the same, it says: {said}"
    if picture.is_drawn and picture.label not in network.classes:
        return f"It knows no {picture.label}, and takes it for {said}"
    return f"Taken for {said}"
