"""The questions that the pages answer, a door to each."""

from collections.abc import Callable

import streamlit as st

from app import access, services
from app.links import go
from app.problems import attempt
from app.routes import PageName, page
from core.recipe import FIRST_PRESET, presets
from core.runs.networks import BEST, TrainedNetwork


def show_questions(networks: list[TrainedNetwork]) -> None:
    """`networks` as they are listed everywhere, the newest first."""
    learn, confuse, photo, standing = st.columns(4)
    with learn:
        _door(
            "How does a network learn?",
            "Move sliders, press Train, and watch loss and accuracy move.",
            _first_run if access.may_steer() else lambda: _lead("train", "Watch"),
        )
    with confuse:
        _door(
            "What does it confuse?",
            "Click a cell of its confusion matrix and see those images.",
            lambda: _lead("evaluate", "Evaluate", networks[0].id if networks else None),
        )
    with photo:
        _door(
            "What about my photo?",
            "See what it is taken for, and where the network looked.",
            lambda: _lead("predict", "Predict", _knows_photographs(networks)),
        )
    with standing:
        _door(
            "How good can it get?",
            "Published systems, what they reach here, and which idea helps.",
            lambda: _lead("results", "Results"),
        )


def _door(question: str, answer: str, handle: Callable[[], None]) -> None:
    with st.container(border=True, height="stretch", vertical_alignment="distribute"):
        st.markdown(f"**{question}**  \n{answer}")
        handle()


def _lead(name: PageName, label: str, run: str | None = None) -> None:
    st.page_link(
        page(name),
        label=label,
        icon=":material/arrow_forward:",
        query_params={"run": run} if run else None,
    )


def _first_run() -> None:
    is_first = services.store().newest() is None
    if is_first:
        services.queue().prepare()  # the button will want a worker
    label, kind = ("Train your first network", "primary") if is_first else ("Train", "secondary")
    if st.button(label, type=kind, icon=":material/play_arrow:"):
        attempt(_start_first_run if is_first else lambda: go("train"))


def _start_first_run() -> None:
    run_id = services.queue().submit(presets()[FIRST_PRESET])
    go("train", run=run_id)


def _knows_photographs(networks: list[TrainedNetwork]) -> str | None:
    """The strongest that ships, else the newest that has learned from photographs."""
    known = [network.id for network in networks if network.recipe.data.source != "shapes"]
    return BEST if BEST in known else next(iter(known), None)
