"""The images that something is fitted on before it is tried on those that are looked at."""

import streamlit as st

from app.logits import logits_if_possible
from core.evaluation.logits import SplitLogits
from pages.evaluate.subject import Subject


def validation_logits(subject: Subject) -> SplitLogits | None:
    """Logits of the validation images; says what is missing, and returns None, where they are not
    there."""
    if subject.split == "validation":
        return subject.evaluated
    return logits_if_possible(subject.network, "validation", subject.tta)


def say_fitted_on(subject: Subject, what: str, images: int) -> None:
    """`what`: such as "The threshold was"."""
    sentence = f"{what} fitted on the {images:,} validation images"
    if subject.split == "validation":
        st.caption(
            f"{sentence}, which are those looked at: it fits them better than it would others. "
            "Choose the test images above to see what it is worth."
        )
    elif subject.split == "train":
        st.caption(f"{sentence}. The network learned the images looked at, so all looks better.")
    else:
        st.caption(f"{sentence}, before any of these were looked at.")
