"""Home: what there is, what to do next, and a network at work."""

import streamlit as st

from app import access, services
from app.networks import missing_networks_notice, network_label
from app.problems import in_one_sentence
from app.routes import page
from app.text import plain
from core.data import SOURCES
from core.recipe import presets
from core.wording import time_left
from pages.home.at_work import network_at_work, shapes_strip

TICK_SECONDS = 2.0
FIRST = "shapes-quick"
SHOWN = 10  # networks; the others are on the page of runs


def start_first_run() -> None:
    run_id = services.queue().submit(presets()[FIRST])
    st.switch_page(page("train"), query_params={"run": run_id})


@st.fragment(run_every=TICK_SECONDS)
def under_way() -> None:
    """Runs in training or waiting, wherever they were started."""
    with in_one_sentence():
        for run in services.store().live():
            with st.container(horizontal=True, vertical_alignment="center"):
                told = f"{plain(run.name)}: {run.status}{time_left(run.seconds_left)}"
                st.progress(min(1.0, run.progress), told)
                link = {"run": run.id}
                st.page_link(page("train"), label="Watch", query_params=link)


st.title("Watch a network learn, then find out what it learned", anchor=False)
st.markdown(
    "Convscope trains small convolutional networks on 32x32 pictures while you watch, and then "
    "shows what they get right, what they confuse, and where they look."
)
with in_one_sentence():
    under_way()
    missing_networks_notice()
    networks = list(services.networks().values())
    with st.container(horizontal=True, vertical_alignment="center"):
        first_time = services.store().newest() is None
        if first_time:
            services.queue().prepare()  # the button will want a worker
        label = "Train your first network" if first_time else "Train a network on shapes"
        kind = "primary" if first_time else "secondary"
        if access.may_steer() and st.button(label, type=kind, icon=":material/play_arrow:"):
            start_first_run()
        if networks:
            link = {"run": networks[0].id}
            st.page_link(page("evaluate"), label="See what it confuses", query_params=link)
            st.page_link(page("predict"), label="Show it a photo", query_params=link)
    if networks:
        st.subheader(f"At work: {plain(network_label(networks[0]))}", anchor=False)
        with in_one_sentence():
            network_at_work(networks[0])
        st.subheader("Networks to look into", anchor=False)
        for network in networks[:SHOWN]:
            link = {"run": network.id}
            label = plain(network_label(network))
            st.page_link(page("evaluate"), label=label, query_params=link)
    else:
        st.subheader("Ten shapes to learn, drawn by the program", anchor=False)
        st.caption("Training on them needs no download and takes less than a minute.")
        shapes_strip()
    st.subheader("Pictures to learn from", anchor=False)
    for source in SOURCES.values():
        download = source.download()
        when = f" {download} is downloaded when a run first needs it." if download else ""
        st.markdown(f"- **{source.title}**: {source.about}{when}")
