"""A channel: the images that excite it most, and a picture made to excite it."""

import streamlit as st

from app import services
from app.gallery import thumbnails
from app.links import link_attributes
from app.pictures import at_hand, is_here
from app.problems import in_one_sentence
from app.segments import segments
from app.text import plain
from app.work import offer, wait_for
from core.data import SplitName
from core.inside.drawing import outlined
from core.inside.survey import Survey, stored_survey
from core.inside.visualise import stored_visualisation
from core.jobs import SurveyWork, VisualisationWork
from core.models.graph import Step
from pages.inside.subject import Subject, pick_channel, pick_layer, shape_in_words

SPLITS: dict[SplitName, str] = {"test": "test", "validation": "validation"}
SIDE = 112  # pixels, the least width of a picture


def show_channel(subject: Subject) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        step = pick_layer(subject.steps)
        channel = pick_channel(step)
        split = segments("Images", SPLITS, "images")
    title = plain(subject.channel_title(step, channel))
    st.caption(f"{step.name}: {shape_in_words(step)}. This is {title}.")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.subheader(f"The {split} images that excite it most", anchor=False)
        with in_one_sentence():
            survey = survey_if_possible(subject, split, step)
            if survey is not None:
                show_exciting(subject, split, step, channel, survey)
    with right:
        st.subheader("What it looks for", anchor=False)
        with in_one_sentence():
            show_visualisation(subject, step, channel)


def survey_if_possible(subject: Subject, split: SplitName, step: Step) -> Survey | None:
    """What a split makes of the layer, where it is kept; else says how far it is, or what is
    missing."""
    path, data = subject.trained.path, subject.card.recipe.data
    if not is_here(data):
        st.info(f"The {split} images of this network's data set are not here yet.")
        if not at_hand(data):
            return None
    survey = stored_survey(path, split, step)
    if survey is None:
        wait_for(SurveyWork(checkpoint=path, split=split, layer=step.name))
    return survey


def show_exciting(
    subject: Subject, split: SplitName, step: Step, channel: int, survey: Survey
) -> None:
    if survey.values[channel, 0] <= 0:
        st.info(f"None of these images excites channel {channel}: it is nowhere above 0.")
        return
    images = services.own_dataset(subject.card).split(split)
    pictures, captions, links = [], [], []
    for value, number, place in zip(
        survey.values[channel].tolist(),
        survey.images[channel].tolist(),
        survey.places[channel].tolist(),
        strict=True,
    ):
        pictures.append(outlined(images.images[number].numpy(), step.sight.box(*place)))
        label = subject.card.classes[int(images.labels[number])]
        captions.append(f"#{number} {label}\n{value:.3g}")
        links.append(link_attributes("image", run=subject.trained.id, split=split, image=number))
    st.html(thumbnails(pictures, captions, size=SIDE, links=links))
    st.caption(
        "How to read this: the frame is what the place with the highest value, which is below the "
        "picture, can see at all; nothing outside of it matters to that value. What the framed "
        "parts have in common is what the channel answers to."
    )


def show_visualisation(subject: Subject, step: Step, channel: int) -> None:
    path = subject.trained.path
    work = VisualisationWork(checkpoint=path, layer=step.name, channel=channel)
    pictures = stored_visualisation(path, step.name, channel)
    if pictures is not None:
        starts = [f"start {number + 1}" for number in range(len(pictures))]
        st.html(thumbnails(pictures, starts, size=SIDE))
        st.caption(
            "How to read this: each began as noise and was changed, step by step, until it "
            "excited the channel strongly. Where all four show the same, the channel wants just "
            "that. They are no photographs: networks see such pictures nowhere else."
        )
        return
    if services.store().tasks.get(work.key) is None:
        st.caption(
            "Pictures can be made that excite this channel as much as can be: noise is changed in "
            "small steps. That needs no images."
        )
    offer(work)
