"""Figures of the Results page: published beside reached, and variants beside each other."""

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from app import theme
from core.reproduce.results import Result
from core.reproduce.verdicts import Verdict


def standing_figure(results: Sequence[Result]) -> go.Figure:
    """One row a preset: an open mark for what was published, a filled one for the mean reached,
    with its 95 % interval where several seeds were trained."""
    names = [result.name for result in results]
    means = [100 * result.test.mean for result in results]
    figure = go.Figure()
    figure.add_scatter(
        x=[100 * result.published for result in results],
        y=names,
        name="Published",
        mode="markers",
        marker={
            "symbol": "diamond-open",
            "size": 11,
            "color": theme.MUTED,
            "line": {"width": 2},
        },
        hovertemplate="%{y}: published %{x:.2f} %<extra></extra>",
    )
    figure.add_scatter(
        x=means,
        y=names,
        name="Reached here (bars: 95 % interval over seeds)",
        mode="markers",
        marker={"size": 11, "color": theme.LINES[0]},
        error_x=_interval([(result.test.low, result.test.high) for result in results], means),
        customdata=[result.runs for result in results],
        hovertemplate="%{y}: %{x:.2f} % (seeds: %{customdata})<extra></extra>",
    )
    figure.update_xaxes(title_text="Test accuracy (%)")
    return _rows(figure, len(names))


def comparison_figure(verdicts: Sequence[Verdict], baseline: str) -> go.Figure:
    """One row a variant: how far its mean accuracy lies from the baseline's, with the interval;
    filled where that is shown, open where it is not."""
    others = [verdict for verdict in verdicts if not math.isnan(verdict.apart[0])]
    points = [100 * verdict.apart[0] for verdict in others]
    figure = go.Figure()
    figure.add_scatter(
        x=points,
        y=[verdict.variant for verdict in others],
        mode="markers",
        marker={
            "size": 11,
            "color": theme.LINES[0],
            "symbol": ["circle" if verdict.shown else "circle-open" for verdict in others],
            "line": {"width": 2, "color": theme.LINES[0]},
        },
        error_x=_interval([verdict.apart[1:] for verdict in others], points),
        hovertemplate="%{y}: %{x:+.2f} points<extra></extra>",
    )
    figure.add_vline(x=0, line={"color": theme.MUTED, "width": 1, "dash": "dot"})
    figure.update_xaxes(title_text=f"Test accuracy against {baseline}<br>(points, 95 % interval)")
    return _rows(figure, len(others))


def _interval(bounds: Sequence[tuple[float, float]], percent: Sequence[float]) -> dict[str, object]:
    """Error bars from bounds as shares around points in percent; NaN draws none."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [100 * high - point for (_, high), point in zip(bounds, percent, strict=True)],
        "arrayminus": [point - 100 * low for (low, _), point in zip(bounds, percent, strict=True)],
        "thickness": 1.5,
        "color": theme.LINES[0],
    }


def _rows(figure: go.Figure, count: int) -> go.Figure:
    figure.update_yaxes(autorange="reversed", type="category")
    figure.update_layout(hovermode="closest")
    return theme.style(figure, height=110 + 30 * count)
