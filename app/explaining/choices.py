"""What is asked of one picture: a class, another that it is held against, methods and what is set
of them. The link names all but the numbers, for whatever picture it opens."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from app.text import plain
from core.explanation import LAYER, Layer, Method, Parameter
from core.models.network import Network

CLASS, AGAINST, METHODS, LAYER_READ = "class", "against", "methods", "layer"  # in the link
TRUST = "trust"  # in the link: whether the maps are put to the test
ON = "1"
FIRST_METHODS = ("grad_cam", "integrated_gradients", "occlusion")


def pick_target(key: str, network: Network, best: int) -> int:
    """The class that is explained, an index; `best` until another is chosen."""
    widget = f"{CLASS} {key} {best}"
    _start(widget, _linked(CLASS, network.classes) or [network.classes[best]])
    chosen = st.selectbox(
        "Explain the class",
        network.classes,
        width=180,
        format_func=plain,
        key=widget,
        on_change=lambda: _link(CLASS, [st.session_state[widget]]),
    )
    return network.classes.index(chosen)


def pick_against(key: str, network: Network, target: int) -> int | None:
    """The class that it is held against, if any."""
    widget = f"{AGAINST} {key} {target}"
    others = [name for name in network.classes if name != network.classes[target]]
    _start(widget, _linked(AGAINST, others))
    chosen = st.selectbox(
        "Held against",
        others,
        None,
        width=180,
        format_func=plain,
        placeholder="no other class",
        key=widget,
        help="What speaks for the class and not for this other one: the map is of the difference "
        "of both scores.",
        on_change=lambda: _link(AGAINST, [st.session_state[widget]]),
    )
    return None if chosen is None else network.classes.index(chosen)


def pick_methods(key: str, methods: Mapping[str, Method]) -> list[str]:
    """Names, in the order of `methods`, whenever they were chosen."""
    widget = f"{METHODS} {key}"
    first = [name for name in FIRST_METHODS if name in methods]
    if widget not in st.session_state:
        st.session_state[widget] = _linked(METHODS, list(methods)) or first
    chosen = st.pills(
        "Methods",
        list(methods),
        selection_mode="multi",
        format_func=lambda name: methods[name].title,
        key=widget,
        on_change=lambda: _link(METHODS, st.session_state[widget]),
    )
    return [name for name in methods if name in chosen]


def pick_settings(
    key: str, layers: Callable[[], Sequence[Layer]], methods: Mapping[str, Method]
) -> dict[str, dict[str, float | str]]:
    """Of each of the methods, what differs from its defaults. layers: those to choose from."""
    layer = None
    numbers: dict[str, dict[str, float | str]] = {name: {} for name in methods}
    if not any(method.parameters or method.by_layer for method in methods.values()):
        return numbers
    with st.popover("Settings", icon=":material/tune:"):
        if any(method.by_layer for method in methods.values()):
            layer = _pick_layer(key, layers())
        for name, method in methods.items():
            for parameter in method.parameters:
                value = _pick_number(f"{name} {parameter.name} {key}", method, parameter)
                if value != parameter.default:
                    numbers[name][parameter.name] = value
    for name, method in methods.items():
        if layer is not None and method.by_layer:
            numbers[name][LAYER] = layer
    return numbers


def pick_trust(widget: str) -> bool:
    """Whether the maps are put to the test, under the key `widget`."""
    if widget not in st.session_state:
        st.session_state[widget] = bool(_linked(TRUST, [ON]))
    return st.toggle(
        "How far can these be trusted?",
        key=widget,
        help="Takes a few seconds: the picture is shown to the network some hundred times.",
        on_change=lambda: link_trust(st.session_state[widget]),
    )


def link_trust(on: bool) -> None:
    _link(TRUST, [ON if on else None])


def _pick_layer(key: str, layers: Sequence[Layer]) -> str | None:
    """The name of a layer, None for each method's own choice, which is the last."""
    titles = {layer.name: layer.title for layer in layers}
    once = {module: layer.name for layer in layers for module in layer.modules}  # in old links
    widget = f"{LAYER_READ} {key} {' '.join(titles)}"
    linked = _linked(LAYER_READ, [*titles, *once])
    _start(widget, [name if name in titles else once[name] for name in linked])
    return st.selectbox(
        "Layer of the methods that read one",
        list(titles),
        None,
        format_func=lambda name: titles[name],
        placeholder="the last one with a map",
        key=widget,
        help="Early layers have finer maps of simpler things.",
        on_change=lambda: _link(LAYER_READ, [st.session_state[widget]]),
    )


def _pick_number(key: str, method: Method, parameter: Parameter) -> float:
    return st.slider(
        f"{method.title}: {parameter.title.lower()}",
        parameter.low,
        parameter.high,
        parameter.default,
        parameter.step,
        help=parameter.meaning,
        key=key,
    )


def _start(widget: str, values: Sequence[str]) -> None:
    """What a widget shows at first, where there is something."""
    if values and widget not in st.session_state:
        st.session_state[widget] = values[0]


def _linked(name: str, known: Sequence[str]) -> list[str]:
    """What the link names, as far as it is known; a link may be of another network."""
    return [value for value in st.query_params.get_all(name) if value in known]


def _link(name: str, values: Sequence[str | None]) -> None:
    given = [value for value in values if value is not None]
    if given:
        st.query_params[name] = given
    else:
        st.query_params.pop(name, None)
