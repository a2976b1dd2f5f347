"""Figures from plain tables. Show one with `st.plotly_chart(figure, key=...)` and nothing else."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from app import theme
from core.evaluation.metrics import By, normalise

LABEL = 12  # characters of a class name that fit beside a chart on a phone
RUN_LABEL = 28  # characters of a run name in a legend

EPOCH_AXES = {"accuracy": ("Accuracy (%)", 100), "loss": ("Loss (nats)", 1)}
CELLS = {
    "count": "Predicted class (cells: images)",
    "true": "Predicted class (cells: % of the true class)",
    "predicted": "Predicted class (cells: % of the predicted class)",
}


def epoch_curves(
    frames: Mapping[str, pd.DataFrame], metric: Literal["accuracy", "loss"]
) -> go.Figure:
    """Validation (solid) and training (dotted) per epoch, one colour a run.

    `frames` has a table per run name with the columns epoch, train_loss, train_accuracy,
    validation_loss and validation_accuracy; accuracies from 0 to 1.
    """
    title, scale = EPOCH_AXES[metric]
    colours = theme.LINES
    longest = max((len(frame) for frame in frames.values()), default=0)
    alone = len(frames) == 1
    figure = go.Figure()
    for number, (run, frame) in enumerate(frames.items()):
        for part, dash, width in (("train", "dot", 1.5), ("validation", "solid", 2.5)):
            label = {"train": "training", "validation": "validation"}[part]
            figure.add_scatter(
                x=frame["epoch"],
                y=frame[f"{part}_{metric}"] * scale,
                name=label.capitalize() if alone else _plain(_short(run, RUN_LABEL)),
                meta=label if alone else f"{_plain(_short(run, RUN_LABEL))}, {label}",
                legendgroup=None if alone else str(number),
                showlegend=alone or part == "validation",
                mode="lines+markers" if longest <= 30 else "lines",
                line={"color": colours[number % len(colours)], "width": width, "dash": dash},
                marker={"size": 5},
                hovertemplate="%{y:.2f} %<extra>%{meta}</extra>"
                if metric == "accuracy"
                else "%{y:.4f}<extra>%{meta}</extra>",
            )
    if len(frames) > 1:
        # Every run's training line is dotted; one entry says so for all.
        figure.add_scatter(
            x=[None],
            y=[None],
            name="dotted: training",
            mode="lines",
            line={"color": theme.MUTED, "width": 1.5, "dash": "dot"},
        )
    figure.update_xaxes(title_text="Epoch", dtick=1 if longest <= 10 else None)
    figure.update_yaxes(title_text=title)
    figure.update_layout(hovermode="x unified", showlegend=True)
    return theme.style(figure, height=340)


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
    ticks = {**_class_ticks(classes), "showgrid": False, "fixedrange": True}
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


def class_bars(per_class: pd.DataFrame, metric: Literal["precision", "recall", "f1"]) -> go.Figure:
    """One metric per class, the best on top; `per_class` as from core.evaluation.metrics."""
    spoken = "F1" if metric == "f1" else metric.capitalize()
    order = np.argsort(-per_class[metric].to_numpy(), kind="stable")
    return _bars(
        per_class["class"].iloc[order].tolist(),
        per_class[metric].to_numpy()[order],
        f"{spoken} (%)",
        [theme.LINES[0]] * len(order),
        [f"{images} images" for images in per_class["support"].to_numpy()[order]],
    )


def probability_bars(classes: Sequence[str], probabilities: np.ndarray) -> go.Figure:
    """Probabilities (float [classes], 0 to 1), the highest on top and in colour."""
    order = np.argsort(-probabilities, kind="stable")
    colours = [theme.LINES[0]] + [theme.MUTED] * (len(order) - 1)
    names = [str(classes[index]) for index in order]
    return _bars(names, probabilities[order], "Probability (%)", colours, [""] * len(order))


def reliability_figure(reliability: pd.DataFrame) -> go.Figure:
    """Accuracy over confidence with 95 % intervals; a calibrated network lies on the diagonal.

    `reliability` as from core.evaluation.calibration.
    """
    filled = reliability[reliability["count"] > 0]
    accuracy = filled["accuracy"] * 100
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 100],
        y=[0, 100],
        name="Perfectly calibrated",
        mode="lines",
        line={"color": theme.MUTED, "dash": "dot", "width": 1.5},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=filled["confidence"] * 100,
        y=accuracy,
        name="This network",
        mode="lines+markers",
        line={"color": theme.LINES[0], "width": 2},
        marker={"size": 5 + 15 * np.sqrt(filled["count"] / filled["count"].max())},
        error_y={
            "array": filled["accuracy_high"] * 100 - accuracy,
            "arrayminus": accuracy - filled["accuracy_low"] * 100,
            "thickness": 1,
            "width": 0,
        },
        customdata=filled["count"],
        hovertemplate="%{customdata} images: %{x:.1f} % sure, %{y:.1f} % right<extra></extra>",
    )
    figure.update_xaxes(title_text="Confidence (%)", range=[0, 103])
    figure.update_yaxes(title_text="Accuracy (%)", range=[0, 103])
    figure.update_layout(hovermode="closest", showlegend=True)
    return theme.style(figure, height=360)


def _bars(
    names: Sequence[str],
    shares: np.ndarray,
    title: str,
    colours: Sequence[str],
    notes: Sequence[str],
) -> go.Figure:
    percent = shares * 100
    figure = go.Figure(
        go.Bar(
            x=percent,
            y=np.arange(len(names)),
            orientation="h",
            marker={"color": list(colours), "cornerradius": 3},
            text=["none" if np.isnan(value) else f"{value:.1f} %" for value in percent],
            textposition="outside",
            cliponaxis=False,
            customdata=[[_plain(name), note] for name, note in zip(names, notes, strict=True)],
            hovertemplate="%{customdata[0]}: %{x:.2f} %<br>%{customdata[1]}<extra></extra>",
        )
    )
    # Room to the right of 100 for the figure at the end of a full bar.
    figure.update_xaxes(title_text=title, range=[0, 116], tickvals=[0, 25, 50, 75, 100])
    figure.update_yaxes(range=[len(names) - 0.5, -0.5], showgrid=False, **_class_ticks(names))
    figure.update_layout(bargap=0.35, hovermode="closest")
    return theme.style(figure, height=70 + 28 * len(names))


def _class_ticks(classes: Sequence[str]) -> dict[str, Any]:
    """Positions instead of names on an axis, for two names may look the same when shortened."""
    return {
        "tickmode": "array",
        "tickvals": np.arange(len(classes)),
        "ticktext": [_plain(_short(name, LABEL)) for name in classes],
        "title": {"standoff": 10},
    }


def _cell_text(value: float, by: By) -> str:
    number = f"{value:.0f}" if by == "count" else f"{value * 100:.0f}"
    return "" if number == "0" else number


def _cell_descriptions(matrix: np.ndarray, classes: Sequence[str]) -> list[str]:
    of_true, of_predicted = normalise(matrix, "true"), normalise(matrix, "predicted")
    return [
        f"<b>{_plain(classes[t])}</b> taken for <b>{_plain(classes[p])}</b><br>"
        f"{matrix[t, p]} images<br>{of_true[t, p]:.1%} of the true class<br>"
        f"{of_predicted[t, p]:.1%} of the predicted class"
        for t in range(len(classes))
        for p in range(len(classes))
    ]


def _short(name: str, length: int) -> str:
    return name if len(name) <= length else f"{name[: length - 1]}…"


def _plain(name: str) -> str:
    """Plotly reads some HTML in every text; names of runs and classes must stay names."""
    return escape(name, quote=False)
