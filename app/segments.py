"""One of a few, side by side."""

from collections.abc import Callable, Mapping
from typing import Literal, TypeVar

import streamlit as st

Option = TypeVar("Option")


def segments(
    label: str,
    titles: Mapping[Option, str],
    key: str,
    on_change: Callable[[], None] | None = None,
    label_visibility: Literal["visible", "collapsed"] = "visible",
) -> Option:
    """The option that is chosen, the first until another is; the link says which, under `key`."""
    first = next(iter(titles))
    chosen = st.segmented_control(
        label,
        list(titles),
        default=first,
        format_func=lambda option: titles[option],
        required=True,
        key=key,
        on_change=on_change,
        bind="query-params",
        label_visibility=label_visibility,
    )
    return first if chosen is None else chosen
