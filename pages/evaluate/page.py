"""Evaluate: what a network gets right and wrong, down to the single image."""

from collections.abc import Callable

import streamlit as st

from app import services
from app.logits import logits_if_possible
from app.networks import pick_network
from app.routes import page
from app.segments import segments
from app.titles import tab_title
from core.data import SplitName
from core.evaluation.calibration import expected_calibration_error
from core.evaluation.logits import has_logits
from core.evaluation.metrics import top_k_accuracy, wilson_interval
from core.wording import percent
from pages.evaluate.classes import show_classes
from pages.evaluate.confidence import show_confidence
from pages.evaluate.labels import show_labels
from pages.evaluate.map import show_map
from pages.evaluate.matrix import show_matrix
from pages.evaluate.robustness import show_robustness
from pages.evaluate.subject import Subject

SPLITS: dict[SplitName, str] = {"test": "test", "validation": "validation", "train": "train"}
# By what they are called, in words and in links; only the one that is looked at is computed.
VIEWS: dict[str, Callable[[Subject], None]] = {
    "Mistakes": show_matrix,
    "Classes": show_classes,
    "Confidence": show_confidence,
    "Robustness": show_robustness,
    "Labels": show_labels,
    "Map": show_map,
}


def headline(subject: Subject) -> None:
    evaluated, card = subject.evaluated, subject.card
    one, two = (top_k_accuracy(evaluated.logits, evaluated.labels, k) for k in (1, 2))
    total = len(evaluated.labels)
    low, high = wilson_interval(round(one * total), total)
    error = expected_calibration_error(evaluated.logits, evaluated.labels, card.temperature)
    with st.container(horizontal=True):
        st.metric("Top-1 accuracy", percent(one), width=150)
        st.metric("95 % interval", f"{100 * low:.1f} to {100 * high:.1f} %", width=180)
        st.metric(
            "Top-2 accuracy",
            percent(two),
            width=150,
            help="How often the class is among the two that the network finds likeliest.",
        )
        st.metric(
            "ECE, 15 bins",
            percent(error),
            width=150,
            help="How far confidence and accuracy lie apart on average (the usual expected "
            "calibration error), after "
            f"dividing the logits by the temperature {card.temperature:.2f}.",
        )


tab_title("Evaluate")
st.title("Evaluate", anchor=False)
picking, judging = st.columns(2, gap="medium")
with picking:
    network = pick_network()
if network is not None:
    tab_title(network.name, "Evaluate")
    with picking:
        st.page_link(
            page("compare"),
            label="Compare with another",
            icon=":material/compare_arrows:",
            query_params={"runs": network.id},
        )
    with judging, st.container(horizontal=True, vertical_alignment="bottom"):
        split = segments("Images", SPLITS, "images")
        tta = st.toggle(
            "Test-time augmentation",
            help="The mean of the logits of six views of each image, "
            "shifted by a pixel and mirrored. Better by a fraction of a point, six times the work.",
            key="tta",
            bind="query-params",
        )
    evaluated = logits_if_possible(network, split, tta)
    if evaluated is None and tta and has_logits(network.path, split):
        st.caption("One view of each image:")
        evaluated, tta = services.logits(network.path, split), False
    if evaluated is not None:
        subject = Subject(network, services.card(network.path), split, tta, evaluated)
        headline(subject)
        view = segments("View", {name: name for name in VIEWS}, "view")
        VIEWS[view](subject)
