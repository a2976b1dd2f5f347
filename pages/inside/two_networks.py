"""How alike two networks are inside, beside how often they answer alike."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from app import services
from app.logits import logits_if_possible
from app.networks import network_label
from app.pictures import at_hand, is_here
from app.problems import in_one_sentence
from app.text import plain
from app.work import wait_for
from core.errors import ConvscopeError
from core.inside.similarity import IMAGES, ensure_comparable, stored_similarity
from core.jobs import SimilarityWork
from core.runs.networks import BEST, TrainedNetwork
from core.wording import percent
from pages.inside.heat_map import heat_map
from pages.inside.subject import Subject, subject_of

OTHER = "with"  # in the link and in the session's state


def show_similarity(subject: Subject) -> None:
    other = _pick_other(subject)
    if other is None:
        return
    ensure_comparable(subject.card, services.card(other.path))
    st.caption(plain(f"A is '{subject.trained.name}', chosen above; B is '{other.name}'."))
    left, right = st.columns([3, 2], gap="medium")
    with left, in_one_sentence():
        _show_layers(subject, other)
    with right, in_one_sentence():
        _show_answers(subject, other)


def _pick_other(subject: Subject) -> TrainedNetwork | None:
    """The network that the link names, else the first of the same data."""
    others = {id_: each for id_, each in services.networks().items() if id_ != subject.trained.id}
    asked = st.query_params.get(OTHER)
    if asked and asked not in others:
        st.info(f"There is no other network '{plain(asked[:40])}' here; choose one.")
    chosen = asked if asked in others else _first(subject, others)
    if chosen is None:
        st.info("There is no second network of the same data set yet; train another recipe on it.")
        return None
    st.session_state[OTHER] = chosen
    st.selectbox(
        "B, the other network",
        list(others),
        format_func=lambda id_: network_label(others[id_]),
        key=OTHER,
        on_change=lambda: st.query_params.update({OTHER: st.session_state[OTHER]}),
    )
    return others[chosen]


def _first(subject: Subject, others: dict[str, TrainedNetwork]) -> str | None:
    for id_ in sorted(others, key=lambda id_: id_ != BEST):
        try:
            ensure_comparable(subject.card, services.card(others[id_].path))
        except ConvscopeError:
            continue
        return id_
    return None


def _show_layers(subject: Subject, other: TrainedNetwork) -> None:
    st.subheader("Layers", anchor=False)
    similarity = stored_similarity(subject.trained.path, other.path)
    if similarity is None:
        data = subject.card.recipe.data
        if not is_here(data):
            st.info("It takes the test images of their data set, which are not here yet.")
            if not at_hand(data):
                return
        st.caption(
            "How alike each layer of A is to each of B is not known yet. It is computed from what "
            f"both make of the first {IMAGES} test images, and kept."
        )
        wait_for(SimilarityWork(checkpoint=subject.trained.path, other=other.path))
        return
    own = [step.name for step in subject.steps]
    theirs = [step.name for step in subject_of(other).steps]
    st.html(heat_map(similarity, own, theirs, (subject.trained.name, other.name)))
    st.markdown(_closest(similarity, own, theirs))
    st.caption(
        "How to read this: the stronger the blue of a cell, the more alike a layer of A (rows) and "
        f"one of B (columns) arrange the first {IMAGES} test images, up to rotation and scale: "
        "linear CKA, 1 at most. A blue diagonal means that both come by the same stages. CKA says "
        "how images lie to each other, not what is answered, so read it beside the disagreement."
    )
    with st.expander("The same in numbers"):
        st.dataframe(pd.DataFrame(similarity, own, theirs).round(2))


def _closest(similarity: np.ndarray, own: Sequence[str], theirs: Sequence[str]) -> str:
    middle = len(own) // 2
    best = int(similarity[middle].argmax())
    return (
        f"**Half way through A, {own[middle]} is most like {theirs[best]} of B "
        f"(CKA {similarity[middle, best]:.2f}); the last layers' is {similarity[-1, -1]:.2f}.**"
    )


def _show_answers(subject: Subject, other: TrainedNetwork) -> None:
    st.subheader("Answers", anchor=False)
    one = logits_if_possible(subject.trained, "test")
    two = logits_if_possible(other, "test") if one is not None else None
    if one is None or two is None:
        return
    a, b = one.logits.argmax(axis=1), two.logits.argmax(axis=1)
    differ = a != b
    right_a, right_b = a == one.labels, b == one.labels
    st.metric("Test images answered differently", percent(float(differ.mean())))
    st.dataframe(
        {
            "test images": [
                *("both right", "A alone right", "B alone right"),
                *("both wrong, alike", "both wrong, differently"),
            ],
            "share (%)": [
                round(100 * float(part.mean()), 2)
                for part in (
                    right_a & right_b,
                    right_a & ~right_b,
                    right_b & ~right_a,
                    ~right_a & ~right_b & ~differ,
                    ~right_a & ~right_b & differ,
                )
            ],
        },
        hide_index=True,
    )
    both = float(right_a.mean() * right_b.mean())
    st.caption(
        f"How to read this: if their mistakes had nothing to do with each other, both would be "
        f"right on {percent(both)} of the images. The further they are above that, the more they "
        "fail on the same images, however differently they are built."
    )
