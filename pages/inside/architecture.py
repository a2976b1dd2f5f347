"""The network as a diagram: each layer with what it puts out, costs and sees."""

import streamlit as st

from app.links import link_attributes
from core.models.graph import Step
from pages.inside.diagram import diagram, short
from pages.inside.subject import Subject


def show_architecture(subject: Subject) -> None:
    steps = subject.steps
    weighted = [step for step in steps if step.kind in ("Conv", "Linear")]
    widest = max(step.receptive_field for step in steps if step.kind == "Conv")
    with st.container(horizontal=True):
        st.metric("Layers with weights", len(weighted), width=150)
        st.metric("Parameters", short(sum(step.parameters for step in steps)), width=120)
        st.metric(
            "FLOPs",
            short(sum(step.flops for step in steps)),
            width=120,
            help="Multiplications and additions of one forward pass of one image.",
        )
        st.metric(
            "Receptive field",
            f"{widest} px",
            width=140,
            help="Side of the square of input pixels that one value of the last convolution can "
            "depend on; more than 32 is the whole picture and its border.",
        )

    def link(step: Step) -> str:
        return link_attributes("inside", run=subject.trained.id, view="Layer", layer=step.name)

    st.html(diagram(steps, link))
    st.caption(
        "How to read this: the picture goes in at the top, class scores come out at the bottom. A "
        "box is as high as its maps and grows wider with every doubling of their number. A line "
        "at the left goes around layers: what comes in there is added to what they make. Click a "
        "layer to look into it."
    )
