"""One suspect, large, with three buttons; the next one comes at once."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from app import access, services
from app.charts.labels import shortened
from app.gallery import thumbnails
from app.links import link_attributes
from app.problems import attempt_at_once
from app.shortcuts import shortcuts
from app.steering import action
from app.text import plain
from core.runs.judgements import VERDICTS, Verdict
from core.wording import probability
from pages.evaluate.subject import Subject

IMAGE = "image"  # in the link
DIGITS = 10  # of a number in a link, at most
LAST = "label judged last"  # in the session's state: what Undo takes back
OF = "labels shown of"  # in the session's state: the images that the link's number is one of
ALIKE = 6  # images of a class to compare with
ICONS: dict[Verdict, str] = {"right": "check", "wrong": "close", "unclear": "question_mark"}
Verdicts = Mapping[int, Verdict]


def show_judging(
    subject: Subject,
    suspected: pd.DataFrame,
    verdicts: Verdicts,
    pictures: np.ndarray,
    probabilities: np.ndarray,
) -> None:
    """The image that the link names, else the first suspect that nobody has judged.

    suspected: as from `suspects`; pictures: uint8 [N, 32, 32, 3]; probabilities: float [N, classes]
    """
    order = suspected["index"].tolist()
    image = _asked(subject)
    if image is None:
        image = following(order, verdicts)
    if image is None:
        if order:
            st.success("All suspects are judged. Click one below to judge it again.")
            _undo(subject, verdicts)
        return
    st.query_params[IMAGE] = str(image)
    given = int(subject.evaluated.labels[image])
    others = np.delete(np.arange(probabilities.shape[1]), given)
    rather = int(others[probabilities[image, others].argmax()])
    left, right = st.columns([1, 2], gap="medium")
    with left:
        _show_large(subject, image, pictures[image])
    with right:
        _say(subject, image, order, verdicts, probabilities[image], given, rather)
        _offer_verdicts(subject, image, order, verdicts)
        for label in (given, rather):
            _compare(subject, image, label, order, pictures)


def following(order: Sequence[int], verdicts: Verdicts, after: int | None = None) -> int | None:
    """The next suspect that nobody has judged, from one on and round to it; None when all are."""
    start = order.index(after) + 1 if after in order else 0
    turned = [*order[start:], *order[:start]]
    return next((image for image in turned if image not in verdicts), None)


def _asked(subject: Subject) -> int | None:
    """The image that the link names; None, and it is taken out, where it names none, or one of
    other images than are shown now."""
    shown, count = (subject.network.id, subject.split), len(subject.evaluated.labels)
    if st.session_state.setdefault(OF, shown) != shown:
        st.session_state[OF] = shown
        st.query_params.pop(IMAGE, None)
    asked = st.query_params.get(IMAGE)
    if asked is None:
        return None
    if asked.isascii() and asked.isdigit() and len(asked) < DIGITS and int(asked) < count:
        return int(asked)
    del st.query_params[IMAGE]
    told = f"There is no image '{asked[:40]}' here; they are numbered from 0 to {count - 1:,}."
    st.info(plain(told))
    return None


def _show_large(subject: Subject, image: int, picture: np.ndarray) -> None:
    st.html(
        thumbnails(
            [picture],
            ["Click it to see where the network looked."],
            size=220,
            alts=[f"{subject.split} image #{image}"],
            links=[
                link_attributes("image", run=subject.network.id, split=subject.split, image=image)
            ],
        )
    )


def _say(
    subject: Subject,
    image: int,
    order: Sequence[int],
    verdicts: Verdicts,
    probabilities: np.ndarray,
    given: int,
    rather: int,
) -> None:
    """What it is labelled, what the network says (probabilities float [classes]), and where one
    is."""
    label, other = (plain(subject.card.classes[number]) for number in (given, rather))
    st.subheader(f"Labelled {label}", anchor=False)
    st.markdown(
        f"The network gives **{other}** {probability(probabilities[rather])} and {label} "
        f"{probability(probabilities[given])}."
    )
    place = "not among the suspects"
    if image in order:
        place = f"suspect {order.index(image) + 1:,} of {len(order):,}"
    said = f", judged {verdicts[image]}" if image in verdicts else ""
    judged = sum(suspect in verdicts for suspect in order)
    st.caption(f"Image #{image}, {place}{said}. {judged:,} of {len(order):,} are judged.")


def _offer_verdicts(subject: Subject, image: int, order: Sequence[int], verdicts: Verdicts) -> None:
    if not access.may_steer():
        return
    with st.container(horizontal=True, gap="small"):
        for verdict in VERDICTS:
            st.button(
                f"{verdict.capitalize()} ({verdict[0]})",
                icon=f":material/{ICONS[verdict]}:",
                key=f"judge-{verdict}",
                help=f"The label is {verdict}. Key: {verdict[0]}",
                on_click=attempt_at_once,
                args=(partial(_judge, subject, image, order, verdicts, verdict),),
            )
        _undo(subject, verdicts)
    keys = {verdict[0]: f"judge-{verdict}" for verdict in VERDICTS}
    shortcuts(keys, about=f"{subject.card.data_fingerprint} {subject.split} {image}")


def _judge(
    subject: Subject, image: int, order: Sequence[int], verdicts: Verdicts, verdict: Verdict
) -> None:
    """Keep it, and go on to the next suspect."""
    place = subject.card.data_fingerprint, subject.split
    services.store().judgements.judge(*place, len(subject.evaluated.labels), image, verdict)
    st.session_state[LAST] = (*place, image, verdict, verdicts.get(image))
    following_one = following(order, {**verdicts, image: verdict}, image)
    if following_one is None:
        st.query_params.pop(IMAGE, None)
    else:
        st.query_params[IMAGE] = str(following_one)


def _undo(subject: Subject, verdicts: Verdicts) -> None:
    """Offer to take back what this session judged last, where it still stands."""
    *place, image, verdict, before = st.session_state.get(LAST, ("", "", -1, None, None))
    here = place == [subject.card.data_fingerprint, subject.split]
    if here and verdicts.get(image) == verdict:
        action("Undo", ":material/undo:", lambda: _take_back(subject, image, verdict, before))


def _take_back(subject: Subject, image: int, verdict: Verdict, before: Verdict | None) -> None:
    judgements = services.store().judgements
    place = subject.card.data_fingerprint, subject.split
    if before is None:
        judgements.take_back(*place, image, verdict)
    else:
        judgements.judge(*place, len(subject.evaluated.labels), image, before)
    del st.session_state[LAST]
    st.query_params[IMAGE] = str(image)


def _compare(
    subject: Subject, image: int, label: int, order: Sequence[int], pictures: np.ndarray
) -> None:
    """What is most like it, to the network, among images of a class that nobody suspects."""
    evaluated, name = subject.evaluated, subject.card.classes[label]
    members = np.setdiff1d(np.flatnonzero(evaluated.labels == label), [image, *order])
    near = nearest(evaluated.logits, image, members, ALIKE)
    st.caption(f"Most like it among images labelled {plain(shortened(name, 40))}:")
    captions = [f"#{number}" for number in near]
    alts = [f"{subject.split} image #{number}, {name}" for number in near]
    here = {"run": subject.network.id, "split": subject.split}
    links = [link_attributes("image", **here, image=number) for number in near]
    st.html(thumbnails(pictures[near], captions, size=56, alts=alts, links=links))


def nearest(logits: np.ndarray, image: int, members: np.ndarray, count: int) -> np.ndarray:
    """Those of `members` (int [M], image numbers) with the most similar scores (Euclidean distance
    of the rows of logits [N, classes]), the nearest first: at most `count`."""
    distances = np.linalg.norm(logits[members] - logits[image], axis=1)
    return members[np.argsort(distances, kind="stable")[:count]]
