"""The confusion matrix, whose cells can be clicked."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from app import theme
from app.charts.labels import class_ticks, escaped
from core.evaluation.metrics import By, normalise

CELLS = {
    "count": "Predicted class (cells: images)",
    "true": "Predicted class (cells: % of the true class)",
    "predicted": "Predicted class (cells: % of the predicted class)",
}


def confusion_matrix_figure(
    matrix: np.ndarray,
    classes: Sequence[str],
    by: By,
    selected: tuple[int, int] | None = None,
) -> go.Figure:
    """The confusion matrix: hits and errors in two colours, each scaled to its own largest cell.

    `matrix` holds counts, true classes in rows. Every cell can be clicked: show the figure with
    `on_select`, `selection_mode="points"`, and read the event with `clicked_cell`. `selected`
    (true, predicted) is framed.
    """
    size = len(classes)
    values, hits = normalise(matrix, by), np.eye(size, dtype=bool)
    scaled = np.where(
        hits,
        -values / max(values[hits].max(), 1e-9),
        # The power lets the many small confusions be seen beside the few large ones.
        (values / max(values[~hits].max(initial=0), 1e-9)) ** 0.7,
    )
    figure = go.Figure(
        go.Heatmap(
            z=scaled,
            zmin=-1,
            zmax=1,
            colorscale=[(0, theme.RIGHT), (0.5, theme.EMPTY), (1, theme.WRONG)],
            showscale=False,
            text=[[_cell_text(value, by) for value in row] for row in values],
            texttemplate="%{text}",
            hoverinfo="skip",
            xgap=2,
            ygap=2,
        )
    )
    # Streamlit gets no clicks from heatmaps; unseen points on top give them, and as the nearest
    # point is taken at any distance, the whole cell answers.
    true, predicted = np.divmod(np.arange(size * size), size)
    unseen = {"marker": {"opacity": 0}}
    figure.add_scatter(
        x=predicted,
        y=true,
        mode="markers",
        marker={"symbol": "square", "size": 20, "opacity": 0},
        selected=unseen,
        unselected=unseen,
        hovertext=_cell_descriptions(matrix, classes),
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=False,
    )
    if selected is not None:
        row, column = selected
        figure.add_shape(
            type="rect",
            x0=column - 0.5,
            x1=column + 0.5,
            y0=row - 0.5,
            y1=row + 0.5,
            line={"color": theme.TEXT, "width": 2.5},
        )
    ticks = {**class_ticks(classes), "showgrid": False, "fixedrange": True}
    figure.update_xaxes(
        title_text=CELLS[by], range=[-0.5, size - 0.5], autotickangles=[0, -45, -90], **ticks
    )
    figure.update_yaxes(title_text="True class", range=[size - 0.5, -0.5], **ticks)
    figure.update_layout(hovermode="closest", hoverdistance=-1, clickmode="event+select")
    return theme.style(figure, height=120 + size * (40 if size <= 12 else 30))


def clicked_cell(event: Mapping[str, Any]) -> tuple[int, int] | None:
    """(true, predicted) of a click on a confusion matrix; None when the event holds none.

    `event` is what `st.plotly_chart` returns, or what lies in the session state under its key.
    """
    points = event["selection"]["points"]
    return (int(points[0]["y"]), int(points[0]["x"])) if points else None


def _cell_text(value: float, by: By) -> str:
    number = f"{value:.0f}" if by == "count" else f"{value * 100:.0f}"
    return "" if number == "0" else number


def _cell_descriptions(matrix: np.ndarray, classes: Sequence[str]) -> list[str]:
    of_true, of_predicted = normalise(matrix, "true"), normalise(matrix, "predicted")
    return [
        f"<b>{escaped(classes[t])}</b> taken for <b>{escaped(classes[p])}</b><br>"
        f"{matrix[t, p]} images<br>{of_true[t, p]:.1%} of the true class<br>"
        f"{of_predicted[t, p]:.1%} of the predicted class"
        for t in range(len(classes))
        for p in range(len(classes))
    ]
