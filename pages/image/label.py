"""Is the label of the image right? What was judged, and buttons to judge it."""

from functools import partial

import streamlit as st

from app import services
from app.steering import action
from core.data import SplitName
from core.runs.checkpoint import Card
from core.runs.judgements import VERDICTS, Verdict

ICONS: dict[Verdict, str] = {"right": "check", "wrong": "close", "unclear": "question_mark"}


def show_label(card: Card, split: SplitName, image: int, images: int) -> None:
    """`images`: how many the split has."""
    judgements = services.store().judgements
    data = card.data_fingerprint
    said = judgements.of(data, split, images).get(image)
    st.subheader("Its label", anchor=False)
    st.caption(f"Judged {said}." if said else "Nobody has judged it.")
    with st.container(horizontal=True, gap="small"):
        for verdict in VERDICTS:
            action(
                verdict.capitalize(),
                f":material/{ICONS[verdict]}:",
                partial(judgements.judge, data, split, images, image, verdict),
                "label",
                disabled=said == verdict,
            )
        if said:
            action("Take back", ":material/undo:", partial(_take_back, data, split, image, said))


def _take_back(data: str, split: SplitName, image: int, said: Verdict) -> None:
    services.store().judgements.take_back(data, split, image, said)
