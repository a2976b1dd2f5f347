"""The network as a diagram: each layer with what it puts out, costs and sees."""

import streamlit as st

from app.links import link_attributes
from core.models.graph import SUM, Step
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
    opens = ", and a block for its layers" if any(step.block for step in steps) else ""
    around = (
        " A line at the left goes around layers: what comes in there is added to what they make."
        if any(step.kind == SUM for step in steps)
        else ""
    )
    st.caption(
        "How to read this: the picture goes in at the top, class scores come out at the bottom. "
        "64x16x16 are 64 maps, each 16 pixels high and wide; a single number is so many values "
        "without a place. What a layer sees is the side of the square of the picture that one of "
        "its values can depend on; from 32 px on that may be all of it. A box is as high as the "
        f"maps and grows wider with every doubling of their number.{around} Click a layer to look "
        f"into it{opens}."
    )
