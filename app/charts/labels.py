"""Names of classes and runs in figures: short enough, and never read as HTML."""

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

LABEL = 12  # characters of a class name that fit beside a chart on a phone


def class_ticks(classes: Sequence[str]) -> dict[str, Any]:
    """Positions instead of names on an axis, for two names may look the same when shortened."""
    return {
        "tickmode": "array",
        "tickvals": np.arange(len(classes)),
        "ticktext": [escaped(shortened(name, LABEL)) for name in classes],
        "title": {"standoff": 10},
    }


def shortened(name: str, length: int) -> str:
    return name if len(name) <= length else f"{name[: length - 1]}…"


def escaped(name: str) -> str:
    """Plotly reads some HTML in every text; names of runs and classes must stay names."""
    return escape(name, quote=False)
