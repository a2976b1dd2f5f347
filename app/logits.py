"""A network's logits on a page: at once where that is quick, else from a worker."""

import streamlit as st

from app import services
from app.pictures import at_hand, is_here
from app.work import wait_for
from core.data import SplitName
from core.evaluation.logits import SplitLogits, has_logits
from core.jobs import LogitsWork
from core.runs.networks import TrainedNetwork


def logits_if_possible(
    network: TrainedNetwork, split: SplitName, tta: bool = False
) -> SplitLogits | None:
    """The network's logits, where they are stored or quickly made; else says how far they are, or
    what is missing, and returns None."""
    if has_logits(network.path, split, tta):
        return services.logits(network.path, split, tta)
    if not is_here(network.recipe.data):
        how = " with test-time augmentation" if tta else ""
        st.info(
            f"The {split} logits{how} of this network are not stored beside it, or are damaged. "
            "They can be computed from the pictures of its data set, which are not here yet."
        )
        if not at_hand(network.recipe.data):
            return None
    work = LogitsWork(checkpoint=network.path, split=split, tta=tta)
    if work.is_quick:
        return services.logits(network.path, split, tta)
    wait_for(work)
    return None
