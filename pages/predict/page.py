"""Predict: any picture in; what networks take it for and where they looked, out."""

import streamlit as st

from app.networks import pick_network
from app.photos import PHOTO, look_at_all, photo_asked_for, photo_is_gone, photos
from app.routes import page
from app.seeing import pick_seeing
from app.text import plain
from app.titles import tab_title
from core.runs.networks import BEST
from pages.predict.asked import Asked, pick_second
from pages.predict.opened import show_opened
from pages.predict.table import show_table
from pages.predict.taking import take_photos

if "image" in st.query_params:  # as links to an image of a data set were
    st.switch_page(page("image"), query_params=st.query_params.to_dict())
tab_title("Predict")
st.title("Predict", anchor=False)
first, second = st.columns(2)
with first:
    trained = pick_network(preferred=BEST)
if trained is not None:
    tab_title(trained.name, "Predict")
    with second:
        other = pick_second(trained)
    asked = [Asked.of(network) for network in (trained, other) if network is not None]
    if PHOTO not in st.query_params:
        look_at_all()  # so that the link can say what it was of when they are gone
    gone = photo_is_gone()
    take_photos(trained.id)
    only = photos()[0] if len(photos()) == 1 and not gone else None
    opened = photo_asked_for() or only
    if opened is not None:
        show_opened(opened, asked)
    elif photos():
        show_table(photos(), asked, pick_seeing())
    else:
        classes = ", ".join(asked[0].network.classes)
        st.caption(f"The network knows {plain(classes)}, and nothing else.")
