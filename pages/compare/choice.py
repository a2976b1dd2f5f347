"""Which networks are compared: the link says, and other pages keep it."""

import hashlib
from collections.abc import Mapping, Sequence

import streamlit as st

from app import services
from app.looked_at import looked_at
from app.networks import network_label
from app.text import plain
from core.comparison.prediction_files import MAX_FILE_BYTES, READERS, read_predictions
from core.errors import ConvscopeError
from core.runs.networks import BEST, TrainedNetwork
from pages.compare.entries import ENSEMBLE, FILE, brought_in

LINK = "runs"
KEPT = "networks compared"  # in the session's state, as the navigation leaves links behind
LIST, MEMBERS, ROUND, REFUSED = "compared", "members", "predictions round", "predictions refused"
MOST = 8  # that are compared at once
MOST_FILES = 10  # in a session; each may take 8 MB of the server's memory
TO_BEGIN_WITH = ("vgg-bn", BEST)


def choose() -> list[str]:
    """The names in the link of what is compared, the baseline first; widgets to change them."""
    networks = services.networks()
    asked = [each for each in st.query_params.get(LINK, "").split(",") if each]
    chosen = list(dict.fromkeys(asked or st.session_state.get(KEPT) or _first(networks)))[:MOST]
    if len(chosen) < len(asked):
        st.caption("What the link names twice, or beyond the eighth, is left out.")
    _keep(chosen)
    labels = _labels(networks, chosen)
    st.session_state[LIST] = chosen
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.multiselect(
            "Networks, the first is the baseline A",
            list(labels),
            format_func=lambda each: labels[each],
            key=LIST,
            max_selections=MOST,
            on_change=lambda: _keep(st.session_state[LIST]),
            placeholder="Choose two or more",
        )
        with st.popover("Add", icon=":material/add:"):
            _bring_in()
            _put_together(networks, chosen, labels)
    for sentence in st.session_state.pop(REFUSED, []):
        st.error(plain(sentence), icon=":material/error:")
    return chosen


def _first(networks: Mapping[str, TrainedNetwork]) -> Sequence[str]:
    """Where nobody has chosen yet: the network looked at elsewhere and the strongest, else two that
    ship."""
    seen = next((each for each in looked_at() if each in networks), None)
    if seen is not None and seen != BEST:
        return (seen, BEST) if _same_data(networks, seen, BEST) else (seen,)
    return TO_BEGIN_WITH if networks.keys() >= {*TO_BEGIN_WITH} else list(networks)[:2]


def _same_data(networks: Mapping[str, TrainedNetwork], one: str, other: str) -> bool:
    return other in networks and (
        networks[one].recipe.data.source == networks[other].recipe.data.source
    )


def _labels(networks: Mapping[str, TrainedNetwork], chosen: Sequence[str]) -> dict[str, str]:
    """All that can be chosen, and what is chosen already."""
    labels = {each: _label(network) for each, network in networks.items()}
    labels |= {each: f"{file.name} · brought in" for each, file in brought_in().items()}
    for each in chosen:
        if each not in labels:
            names = [networks[m].name if m in networks else m for m in each.split(ENSEMBLE)]
            labels[each] = " + ".join(names) + (" · ensemble" if len(names) > 1 else "")
    return labels


def _label(network: TrainedNetwork) -> str:
    """As short as can be, for several stand side by side; of runs the time tells them apart."""
    if network.created is not None:
        return network_label(network)
    return f"{network.name} · {network.accuracies.get('test', 0):.1%}"


def _keep(chosen: Sequence[str]) -> None:
    st.session_state[KEPT] = list(chosen)
    if chosen:
        st.query_params[LINK] = ",".join(chosen)
    else:
        st.query_params.pop(LINK, None)


def _bring_in() -> None:
    uploads = f"predictions {st.session_state.get(ROUND, 0)}"
    st.file_uploader(
        "Predictions from elsewhere",
        [suffix.removeprefix(".") for suffix in READERS],
        accept_multiple_files=True,
        key=uploads,
        on_change=_take,
        args=(uploads,),
        help="For each test image its class, or a row of probabilities or logits: in the order of "
        "the test images, or in that of class folders. docs/comparing.md has the format.",
    )


def _take(key: str) -> None:
    """Keep the files of the uploader, which then begins anew; what cannot be read is refused."""
    refused: list[str] = []
    for file in st.session_state[key]:
        try:
            if len(brought_in()) >= MOST_FILES:
                raise ConvscopeError(
                    f"'{file.name}' is left out, as {MOST_FILES} files were brought in already."
                )
            if file.size > MAX_FILE_BYTES:
                raise ConvscopeError(f"'{file.name}' is larger than predictions need.")
            content = file.getvalue()
            name = f"{FILE}{hashlib.sha256(content).hexdigest()[:8]}"
            brought_in()[name] = read_predictions(content, file.name)
            _add(name)
        except ConvscopeError as error:
            refused.append(str(error))
    st.session_state[REFUSED] = refused
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


def _put_together(
    networks: Mapping[str, TrainedNetwork], chosen: Sequence[str], labels: Mapping[str, str]
) -> None:
    """Have several networks answer as one."""
    st.multiselect(
        "An ensemble of",
        list(networks),
        default=[each for each in chosen if each in networks],
        format_func=lambda each: labels[each],
        key=MEMBERS,
        help="One more network, which says what is most probable in the mean of their calibrated "
        "probabilities.",
    )
    members = st.session_state[MEMBERS]
    st.button(
        "Add the ensemble",
        disabled=len(members) < 2 or len(chosen) >= MOST,
        on_click=lambda: _add(ENSEMBLE.join(members)),
    )


def _add(name: str) -> None:
    chosen = st.session_state[KEPT]
    if name in chosen:
        return
    if len(chosen) >= MOST:
        raise ConvscopeError(f"{MOST} are compared at once; take one away first.")
    _keep([*chosen, name])
