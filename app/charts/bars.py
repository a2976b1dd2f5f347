"""One share a class, as bars."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from app import theme
from app.charts.labels import class_ticks, escaped


def share_bars(
    names: Sequence[str],
    shares: np.ndarray,
    title: str,
    colours: Sequence[str],
    notes: Sequence[str],
) -> go.Figure:
    """A bar a class, the first on top.

    shares: float [classes], 0 to 1; NaN is written as none
    notes: what else is told of each when it is pointed at
    """
    percent = shares * 100
    figure = go.Figure(
        go.Bar(
            x=percent,
            y=np.arange(len(names)),
            orientation="h",
            marker={"color": list(colours), "cornerradius": 3},
            text=["none" if np.isnan(value) else f"{value:.1f} %" for value in percent],
            textposition="outside",
            textfont={"color": theme.TEXT},
            cliponaxis=False,
            customdata=[[escaped(name), note] for name, note in zip(names, notes, strict=True)],
            hovertemplate="%{customdata[0]}: %{x:.2f} %<br>%{customdata[1]}<extra></extra>",
        )
    )
    # Room to the right of 100 for the figure at the end of a full bar.
    figure.update_xaxes(title_text=title, range=[0, 116], tickvals=[0, 25, 50, 75, 100])
    figure.update_yaxes(range=[len(names) - 0.5, -0.5], showgrid=False, **class_ticks(names))
    figure.update_layout(bargap=0.35, hovermode="closest")
    return theme.style(figure, height=70 + 28 * len(names))


def share_bars_in_words(names: Sequence[str], shares: np.ndarray, title: str) -> str:
    """For those who don't see the bars: the names and shares [classes] as they are drawn."""
    told = (
        f"{name} {'none' if np.isnan(share) else f'{100 * share:.1f}'}"
        for name, share in zip(names, shares, strict=True)
    )
    return f"{title}: {', '.join(told)}."
