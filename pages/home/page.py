"""Home: what this is, a door to each question, what is under way, and a network at work."""

import streamlit as st

from app import services
from app.networks import missing_networks_notice
from app.problems import in_one_sentence
from app.titles import tab_title
from core.data import SOURCES, Source
from pages.home.at_work import network_at_work
from pages.home.questions import show_questions
from pages.home.under_way import under_way


def told(source: Source) -> str:
    download = source.download()
    when = f" {download} is downloaded when a run first needs it." if download else ""
    return f"**{source.title}**: {source.about}{when}"


tab_title()
st.title("Watch a network learn, then find out what it learned", anchor=False)
st.markdown(
    "Convscope trains small convolutional networks on 32x32 pictures while you watch, and then "
    "shows what they get right, what they confuse, and where they look."
)
with in_one_sentence():
    networks = list(services.networks().values())
    show_questions(networks)
    under_way()
    missing_networks_notice()
    network_at_work(networks)
    st.caption(f"Pictures to learn from. {' '.join(map(told, SOURCES.values()))}")
