"""Evaluate: what a network gets right and wrong, down to the single image."""

from typing import Literal, get_args

import streamlit as st

from app import charts, services
from app.judging import judged_if_possible
from app.networks import pick_network
from app.problems import in_one_sentence
from app.text import plain
from core.data import SplitName
from core.evaluation.calibration import expected_calibration_error, reliability
from core.evaluation.logits import Judged, has_judged
from core.evaluation.metrics import (
    By,
    confusion_matrix,
    most_confused,
    per_class,
    top_k_accuracy,
    wilson_interval,
)
from core.runs.checkpoint import Card
from core.wording import percent
from pages.evaluate.gallery import cell_from_url, select_cell, show_cell

SHARES: dict[By, str] = {
    "count": "Images",
    "true": "Share of the true class",
    "predicted": "Share of the predicted class",
}
SHOWN = list(SHARES)
Metric = Literal["f1", "precision", "recall"]
METRICS: list[Metric] = ["f1", "precision", "recall"]


def headline(judged: Judged, card: Card) -> None:
    one, two = (top_k_accuracy(judged.logits, judged.labels, k) for k in (1, 2))
    total = len(judged.labels)
    low, high = wilson_interval(round(one * total), total)
    error = expected_calibration_error(judged.logits, judged.labels, card.temperature)
    with st.container(horizontal=True):
        st.metric("Top-1 accuracy", percent(one), width=150)
        st.metric("95 % interval", f"{100 * low:.1f} - {100 * high:.1f} %", width=180)
        st.metric("Top-2 accuracy", percent(two), width=150)
        st.metric(
            "Calibration error",
            percent(error),
            width=150,
            help="How far confidence and accuracy lie apart on average (ECE, 15 bins), after "
            f"dividing the logits by the temperature {card.temperature:.2f}.",
        )


@st.fragment
def matrix_and_gallery(judged: Judged, card: Card, split: SplitName) -> None:
    with in_one_sentence():
        matrix = confusion_matrix(judged.logits, judged.labels)
        chosen = cell_from_url(card.classes)
        by: By | None = st.segmented_control(
            "Cells show", SHOWN, default=SHOWN[0], format_func=lambda by: SHARES[by]
        )
        st.plotly_chart(
            charts.confusion_matrix_figure(matrix, card.classes, by or SHOWN[0], chosen),
            key="matrix",
            on_select=lambda: select_cell(
                charts.clicked_cell(st.session_state["matrix"]), card.classes
            ),
            selection_mode="points",
        )
        st.caption("Click a cell to see its images, or one of the most confused pairs:")
        with st.container(horizontal=True):
            pairs = most_confused(matrix, card.classes, 6)
            for true, predicted, count in pairs[["true", "predicted", "count"]].to_numpy():
                pair = card.classes.index(true), card.classes.index(predicted)
                label = f"{plain(true)} taken for {plain(predicted)}: {count}"
                st.button(label, on_click=select_cell, args=(pair, card.classes))
        if chosen is not None:
            show_cell(judged, card, split, chosen)


def show(judged: Judged, card: Card, split: SplitName) -> None:
    headline(judged, card)
    matrix_and_gallery(judged, card, split)
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Class by class", anchor=False)
        metric: Metric | None = st.segmented_control("Metric", METRICS, default=METRICS[0])
        table = per_class(confusion_matrix(judged.logits, judged.labels), card.classes)
        st.plotly_chart(charts.class_bars(table, metric or METRICS[0]), key="classes")
    with right:
        st.subheader("Does confidence match accuracy?", anchor=False)
        st.caption(f"Softmax of the logits divided by a temperature of {card.temperature:.2f}.")
        bins = reliability(judged.logits, judged.labels, card.temperature)
        st.plotly_chart(charts.reliability_figure(bins), key="reliability")


st.title("Evaluate", anchor=False)
network = pick_network()
if network is not None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        split = st.segmented_control("Images", get_args(SplitName), default="test") or "test"
        several_views = st.toggle(
            "Several views",
            help="Test-time augmentation: the mean of the logits of six views of each image, "
            "shifted by a pixel and mirrored. Better by a fraction of a point, six times the work.",
        )
    judged = judged_if_possible(network, split, several_views)
    if judged is None and several_views and has_judged(network.path, split):
        st.caption("One view of each image:")
        judged = services.judged(network.path, split)
    if judged is not None:
        show(judged, services.card(network.path), split)
