"""Studies: ask something of many runs, watch the answer come, and look into what was tried."""

import streamlit as st

from app import access
from app.links import lead
from app.problems import in_one_sentence
from app.titles import tab_title
from pages.studies.all import show_all
from pages.studies.new import compose
from pages.studies.one import show_study

tab_title("Studies")
st.title("Studies", anchor=False)
with in_one_sentence():
    match st.query_params.get("study"):
        case None:
            show_all()
        case "new" if access.may_steer():
            compose()
        case "new":
            st.info("You may look. Who leads this class asks.", icon=":material/visibility:")
            lead("All studies", ":material/arrow_back:", "all studies")
        case study_id:
            show_study(study_id)
