"""What a figure draws, to be looked at."""

from typing import Any

import plotly.graph_objects as go


def traces(figure: go.Figure) -> list[Any]:
    """Each as a plain dictionary."""
    drawn: Any = figure.data
    return [trace.to_plotly_json() for trace in drawn]
