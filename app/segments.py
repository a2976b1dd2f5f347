"""One of a few, side by side."""

from collections.abc import Callable, Mapping
from typing import Literal, TypeVar

import streamlit as st

from app.text import plain

Option = TypeVar("Option", bound=str)


def segments(
    label: str,
    titles: Mapping[Option, str],
    key: str,
    on_change: Callable[[], None] | None = None,
    label_visibility: Literal["visible", "collapsed"] = "visible",
) -> Option:
    """The option that is chosen, the first until another is; the link says which, under `key`. Each
    choice is a step that the browser's Back takes back."""
    first = next(iter(titles))

    def choose() -> None:
        _name_in_link(key, st.session_state[key], first)
        if on_change is not None:
            on_change()

    st.session_state[key] = chosen = _asked_for(key, titles)
    st.segmented_control(
        label,
        list(titles),
        format_func=lambda option: titles[option],
        required=True,
        key=key,
        on_change=choose,
        label_visibility=label_visibility,
    )
    return chosen


def _asked_for(key: str, titles: Mapping[Option, str]) -> Option:
    """By its name, or by its title, as links once had it."""
    first = next(iter(titles))
    asked = st.query_params.get(key, first)
    for option, title in titles.items():
        if asked in (option, title):
            return option
    known = ", ".join(titles.values())
    st.info(plain(f"'{asked[:40]}' in this link is none of {known}; this is {titles[first]}."))
    return first


def _name_in_link(key: str, chosen: str, first: str) -> None:
    """The link is short for who chose nothing."""
    if chosen == first:
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = chosen
