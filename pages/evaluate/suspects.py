"""All suspects with their verdicts, and the accuracy that these leave."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from app.cells import pick_page
from app.files import offer_file
from app.gallery import thumbnails
from app.links import link_attributes
from core.evaluation.judged import Accuracy, judged_accuracy
from core.runs.judgements import Verdict
from core.wording import percent
from pages.evaluate.subject import Subject

SHOWN = 40  # suspects a page
PAGE = "suspects"  # in the link
MARKS: dict[Verdict | None, str] = {
    "right": "label right",
    "wrong": "label wrong",
    "unclear": "unclear",
    None: "not judged",
}
Verdicts = Mapping[int, Verdict]


def show_accuracies(subject: Subject, verdicts: Verdicts) -> None:
    """Accuracy three ways, each with its interval and count."""
    evaluated = subject.evaluated
    judged = judged_accuracy(evaluated.logits.argmax(axis=1) == evaluated.labels, verdicts)
    st.subheader("Accuracy, as far as it was judged", anchor=False)
    with st.container(horizontal=True):
        _metric("As labelled", judged.raw)
        _metric("Without wrong labels", judged.not_wrong)
        _metric("On clear images", judged.clear)
    st.caption(
        "How to read this: the first counts every label as it is; the second leaves out images "
        "whose label was judged wrong, the third those judged unclear, too. Only images that a "
        "network contradicts get judged, so the others' wrong labels stay in, and the last two "
        "flatter this network a little."
    )


def _metric(title: str, accuracy: Accuracy) -> None:
    low, high = accuracy.interval
    value = percent(accuracy.share) if accuracy.total else "-"
    st.metric(
        title,
        value,
        delta=f"{100 * low:.1f} to {100 * high:.1f} %, {accuracy.total:,} images",
        delta_color="off",
        delta_arrow="off",
        width=230,
    )


def show_gallery(
    subject: Subject, suspected: pd.DataFrame, verdicts: Verdicts, pictures: np.ndarray
) -> None:
    """The suspects in their order, a page at a time; each leads to where it is judged."""
    st.subheader("All suspects", anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        page = pick_page(len(suspected), SHOWN, PAGE)
        _offer_export(subject, suspected, verdicts)
    rows = suspected.iloc[(page - 1) * SHOWN : page * SHOWN]
    classes, network = subject.card.classes, subject.network
    numbers = rows["index"].to_numpy()
    captions = [
        f"#{number} {MARKS[verdicts.get(number)]}\n{classes[given]}, rather {classes[suggested]}"
        for number, given, suggested in rows[["index", "given", "suggested"]].to_numpy()
    ]
    here = {"run": network.id, "images": subject.split, "view": "Labels"}
    links = [link_attributes("evaluate", **here, image=number) for number in numbers]
    st.html(thumbnails(pictures[numbers], captions, links=links))


def show_table(subject: Subject, suspected: pd.DataFrame, verdicts: Verdicts) -> None:
    """The same ranking where the pictures are missing."""
    st.subheader("All suspects", anchor=False)
    st.caption("Without the pictures nobody can judge; this is the ranking by number and class.")
    shown = {"label probability": st.column_config.NumberColumn(format="%.4f")}
    table = judgement_table(subject, suspected, verdicts)
    st.dataframe(table, hide_index=True, column_config=shown)
    _offer_export(subject, suspected, verdicts)


def judgement_table(subject: Subject, suspected: pd.DataFrame, verdicts: Verdicts) -> pd.DataFrame:
    """A row for each suspect and each other image that was judged, the suspects first.

    Columns: image, given, suggested, label probability (0 to 1; NaN where it is not suspected),
    verdict (empty where there is none).
    """
    classes = np.array(subject.card.classes, dtype=object)
    others = sorted(set(verdicts) - set(suspected["index"]))
    logits, labels = subject.evaluated.logits, subject.evaluated.labels
    images = np.concatenate([suspected["index"], np.array(others, dtype=np.int64)])
    suggested = np.concatenate([suspected["suggested"], logits[others].argmax(axis=1)])
    return pd.DataFrame(
        {
            "image": images,
            "given": classes[labels[images]],
            "suggested": classes[suggested],
            "label probability": np.concatenate(
                [suspected["self_confidence"], np.full(len(others), np.nan)]
            ),
            "verdict": [verdicts.get(image, "") for image in images.tolist()],
        }
    )


def _offer_export(subject: Subject, suspected: pd.DataFrame, verdicts: Verdicts) -> None:
    table = judgement_table(subject, suspected, verdicts)
    offer_file(
        "Judgements as CSV",
        f"{subject.split}-labels.csv",
        lambda: table.to_csv(index=False).encode(),
        key="judgements",
    )
