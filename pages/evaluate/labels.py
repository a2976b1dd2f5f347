"""Labels that are probably wrong, for the reader to judge, and what that makes of the accuracy."""

import streamlit as st
from scipy.special import softmax

from app import access, services
from app.pictures import at_hand
from app.problems import in_one_sentence
from app.text import plain
from core.evaluation.label_errors import suspects
from pages.evaluate.judging import show_judging
from pages.evaluate.subject import Subject
from pages.evaluate.suspects import show_accuracies, show_gallery, show_table

LEARNED = (
    "The network was trained on these images and has learned their labels, the wrong ones too, so "
    "it contradicts few of them. Choose the test or validation images to judge theirs; "
    "`python -m core labels` finds suspects among training images by cross-validation."
)


@st.fragment
def show_labels(subject: Subject) -> None:
    """The suspects, one of them large; below it all of them, and the accuracy by the verdicts."""
    with in_one_sentence():
        if subject.split == "train":
            st.info(LEARNED)
            return
        evaluated, card = subject.evaluated, subject.card
        probabilities = softmax(evaluated.logits / card.temperature, axis=1)
        suspected = suspects(probabilities, evaluated.labels)
        total = len(evaluated.labels)
        verdicts = services.store().judgements.of(card.data_fingerprint, subject.split, total)
        st.caption(_introduction(subject, len(suspected), int(suspected["confident"].sum())))
        pictures = None
        if at_hand(card.recipe.data):
            pictures = services.own_dataset(card).split(subject.split).images.numpy()
            show_judging(subject, suspected, verdicts, pictures, probabilities)
        show_accuracies(subject, verdicts)
        if suspected.empty:
            return
        if pictures is None:
            show_table(subject, suspected, verdicts)
        else:
            show_gallery(subject, suspected, verdicts, pictures)


def _introduction(subject: Subject, suspected: int, confident: int) -> str:
    network, images = plain(subject.network.name), f"{len(subject.evaluated.labels):,}"
    if not suspected:
        return f"{network} agrees with the labels of all {images} {subject.split} images."
    judge = (
        "Is the given label right? The verdict belongs to the data set: every network sees it."
        if access.may_steer()
        else "Who steers this server can judge them; you may look."
    )
    return (
        f"{network} takes {suspected:,} of {images} {subject.split} images for something else than "
        f"their label says, the least probable labels first. Confident learning (another "
        f"class is as probable as it is on average where it is the label) counts {confident:,} of "
        f"these labels as wrong. {judge}"
    )
