"""What corruptions, shifts and attacks leave of the accuracy, and pictures under them."""

import streamlit as st
import torch

from app import services
from app.charts.line_chart import show_lines
from app.gallery import thumbnails
from app.pictures import at_hand, is_here
from app.problems import in_one_sentence
from app.text import plain
from app.work import offer
from core.data import image_count
from core.evaluation.metrics import wilson_interval
from core.jobs import RobustnessWork
from core.robustness.attack import EPSILONS
from core.robustness.corruptions import CORRUPTIONS, SEVERITIES, corrupt
from core.robustness.measure import IMAGES, balanced
from core.robustness.report import RobustnessReport, stored_report
from core.runs.networks import TrainedNetwork
from core.wording import probability
from pages.evaluate.robustness_charts import (
    attack_curve,
    attack_words,
    severity_curves,
    severity_table,
    severity_words,
    shift_curves,
    shift_words,
)
from pages.evaluate.subject import Subject

MOST = 10_000  # images of the second choice
HEIGHT = 340  # pixels of the first chart


def show_robustness(subject: Subject) -> None:
    st.subheader("What does it withstand?", anchor=False)
    report = stored_report(subject.network.path)
    if report is None:
        offer_report(subject.network, IMAGES)
        return
    st.markdown(in_words(report))
    low, high = wilson_interval(report.clean, report.images)
    st.caption(
        f"Measured on {report.images:,} test images, each class in turn, one view of each; as they "
        f"are, {share(report.clean, report)} right (95 % interval {100 * low:.1f} to "
        f"{100 * high:.1f} %). Mean corruption error {100 * report.mean_corruption_error:.1f} %."
    )
    show_corruptions(subject, report)
    show_shifts_and_attack(report)
    more = image_count(subject.card.recipe.data, "test")
    if (
        report.images == IMAGES
        and (more is None or more > IMAGES)
        and is_here(subject.card.recipe.data)
    ):
        offer_report(subject.network, MOST)


def in_words(report: RobustnessReport) -> str:
    """What hurts most and least, in two sentences of Markdown."""
    assert report.attacked is not None
    worst_first = by_harm(report)
    worst, least = (report.accuracy(worst_first[place]) for place in (0, -1))
    return (
        f"**{CORRUPTIONS[worst_first[0]].title} hurts most** over all severities: accuracy falls "
        f"from {share(report.clean, report)} to {100 * worst[2]:.1f} % at severity 3 and "
        f"{100 * worst[4]:.1f} % at severity 5. {CORRUPTIONS[worst_first[-1]].title} hurts least: "
        f"{100 * least[4]:.1f} % "
        f"at severity 5. Moved by one pixel, {100 * report.consistency:.1f} % of the images keep "
        f"their answer; changed on purpose by {EPSILONS[1]}/255, at most "
        f"{share(report.attacked[1], report)} are still right."
    )


def by_harm(report: RobustnessReport) -> list[str]:
    """Corruptions, the one that leaves the least accuracy over all severities first."""
    return sorted(CORRUPTIONS, key=lambda name: report.accuracy(name).mean())


def share(count: int, report: RobustnessReport) -> str:
    return f"{100 * count / report.images:.1f} %"


@st.fragment
def show_corruptions(subject: Subject, report: RobustnessReport) -> None:
    """Curves and pictures of the corruption that is chosen, and the table of all."""
    left, right = st.columns(2, gap="medium")
    with left:
        chosen = st.selectbox(
            "Corruption, the worst over all severities first",
            by_harm(report),
            format_func=lambda name: f"{CORRUPTIONS[name].title} · {CORRUPTIONS[name].family}",
            key="corruption",
            bind="query-params",
        )
        alt = severity_words(report, chosen)
        show_lines(severity_curves(report, chosen), "severities", alt, HEIGHT)
        st.caption(
            "How to read this: the thick line is the chosen corruption, in the band of its 95 % "
            "intervals, the thin ones its family; the steeper one falls, the more it hurts."
        )
        with in_one_sentence():
            show_strip(subject, chosen)
    with right:
        st.dataframe(
            severity_table(report),
            hide_index=True,
            height="content",
            column_config={
                name: st.column_config.NumberColumn(format="%.1f", width=50)
                for name in (*map(str, SEVERITIES), "Mean")
            },
            key="severity table",
        )
        st.caption(
            "Accuracy (%) by corruption and severity, as published for CIFAR-10-C. "
            "\\* counts in no mean, as published. Frost is drawn by this program, not photographed."
        )


def show_strip(subject: Subject, chosen: str) -> None:
    """One picture as it is and at each severity, with what the network takes it for."""
    card = subject.card
    if not is_here(card.recipe.data):
        st.caption("Pictures under it are shown once the pictures of the data set are here.")
    if not at_hand(card.recipe.data):
        return
    test = services.own_dataset(card).test
    index = int(
        st.number_input(
            "Test image",
            0,
            len(test) - 1,
            value=int(balanced(test.labels)[0]),
            key="picture",
            bind="query-params",
            width=140,
        )
    )
    picture = test.images[index : index + 1]
    shown = torch.cat([picture, *(corrupt(picture, chosen, level) for level in SEVERITIES)])
    network = services.network(subject.network.path)
    probabilities = network.probabilities(network.logits(shown))
    sure, answers = probabilities.max(1)
    names = ["as it is", *(f"severity {level}" for level in SEVERITIES)]
    told = zip(names, answers.tolist(), sure.tolist(), strict=True)
    captions = [
        f"{name}\n{card.classes[answer]} {probability(sure, 0)}" for name, answer, sure in told
    ]
    st.html(thumbnails(shown.numpy(), captions, size=62))
    st.caption(
        f"Test image #{index}, {plain(card.classes[int(test.labels[index])])}; below each, what "
        "the network takes it for and how sure it is."
    )


def show_shifts_and_attack(report: RobustnessReport) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Moved by pixels", anchor=False)
        show_lines(shift_curves(report), "shifts", shift_words(report))
        st.caption(
            "How to read this: nothing that a person would notice has changed, so the lines should "
            "be flat. What comes in at the edge is mirrored."
        )
    with right:
        st.subheader("Attacked", anchor=False)
        show_lines(attack_curve(report), "attack", attack_words(report))
        st.caption(
            "How to read this: projected gradient descent looks for the worst change of each value "
            "by so many of 255 levels. A better attack may find more: the network is at least "
            "this weak."
        )


def offer_report(network: TrainedNetwork, images: int) -> None:
    """A button that has a report computed, or how far it is."""
    data = network.recipe.data
    if not is_here(data):
        st.info(
            "No report is stored beside this network, or it is damaged. It can be computed from "
            "the pictures of its data set, which are not here yet."
        )
        if not at_hand(data):
            return
    count = image_count(data, "test")
    work = RobustnessWork(checkpoint=network.path, images=min(images, count or images))
    if images == IMAGES and services.store().tasks.get(work.key) is None:
        st.markdown(
            "19 corruptions at five severities, shifts by a few pixels, and an attack on purpose "
            "have not been tried on this network yet."
        )
    offer(work)
