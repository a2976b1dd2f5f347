"""Accuracy over the severity of corruptions, over shifts and over the strength of an attack."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from app import theme
from core.evaluation.metrics import wilson_interval
from core.robustness.attack import EPSILONS
from core.robustness.corruptions import CORRUPTIONS, SEVERITIES
from core.robustness.report import RobustnessReport
from core.robustness.shifts import DISTANCES

HEIGHT = 340


def severity_curves(report: RobustnessReport, chosen: str) -> go.Figure:
    """Accuracy (%) over severity, 0 to 5, of the chosen corruption with its 95 % intervals, of
    those of its family, and the mean of all that count."""
    figure = go.Figure()
    severities = [0, *SEVERITIES]
    for number, name in enumerate(family_of(chosen)):
        counts = [report.clean, *report.corruptions[name]]
        percents = 100 * np.array(counts) / report.images
        figure.add_scatter(
            x=severities,
            y=percents,
            name=CORRUPTIONS[name].title,
            mode="lines+markers",
            line={"color": theme.LINES[number], "width": 3.5 if name == chosen else 1.5},
            marker={"symbol": theme.SYMBOLS[number], "size": 9 if name == chosen else 6},
            opacity=1 if name == chosen else 0.65,
            error_y=_intervals(counts, report.images) if name == chosen else None,
            hovertemplate="%{y:.1f} %<extra>" + CORRUPTIONS[name].title + "</extra>",
        )
    figure.add_scatter(
        x=severities,
        y=100 * np.array([report.clean / report.images, *report.mean_accuracy]),
        name="Mean of 15",
        mode="lines",
        line={"color": theme.MUTED, "dash": "dot", "width": 2},
        hovertemplate="%{y:.1f} %<extra>Mean of 15</extra>",
    )
    figure.update_xaxes(title_text="Severity (0: as they are)", tickvals=severities)
    figure.update_yaxes(title_text="Accuracy (%)", range=[0, 103])
    figure.update_layout(hovermode="x unified", showlegend=True)
    return theme.style(figure, height=HEIGHT)


def severity_words(report: RobustnessReport, chosen: str) -> str:
    """The same, for those who don't see it."""
    told = (
        f"{CORRUPTIONS[name].title} {_listed(100 * report.accuracy(name))}"
        for name in family_of(chosen)
    )
    clean = 100 * report.clean / report.images
    return f"Accuracy (%) from {clean:.1f}, at severities 1 to 5: {'; '.join(told)}."


def family_of(chosen: str) -> list[str]:
    family = CORRUPTIONS[chosen].family
    return [name for name, corruption in CORRUPTIONS.items() if corruption.family == family]


def severity_table(report: RobustnessReport) -> pd.DataFrame:
    """Accuracies (%) by corruption and severity, and the mean of those that count.

    Columns: Corruption, 1 to 5, Mean.
    """
    rows = [
        (
            f"{corruption.title}{' *' if corruption.extra else ''}",
            *(100 * report.accuracy(name)),
            100 * report.accuracy(name).mean(),
        )
        for name, corruption in CORRUPTIONS.items()
    ]
    mean = report.mean_accuracy
    rows.append(("Mean of 15", *(100 * mean), 100 * mean.mean()))
    return pd.DataFrame(rows, columns=["Corruption", *map(str, SEVERITIES), "Mean"])


def shift_curves(report: RobustnessReport) -> go.Figure:
    """Accuracy (%) over the pixels that the pictures are moved by: mean and worst direction."""
    mean, worst = shift_accuracies(report)
    figure = go.Figure()
    kinds = (("Mean of 8 directions", mean, "solid"), ("Worst direction", worst, "dash"))
    for number, (name, percents, dash) in enumerate(kinds):
        figure.add_scatter(
            x=[0, *DISTANCES],
            y=percents,
            name=name,
            mode="lines+markers",
            line={"color": theme.LINES[number], "dash": dash, "width": 2.5},
            marker={"symbol": theme.SYMBOLS[number], "size": 7},
            hovertemplate="%{y:.1f} %<extra>" + name + "</extra>",
        )
    figure.update_xaxes(title_text="Moved by (pixels)", tickvals=[0, *DISTANCES])
    figure.update_yaxes(title_text="Accuracy (%)", range=[0, 103])
    figure.update_layout(hovermode="x unified", showlegend=True)
    return theme.style(figure, height=HEIGHT - 40)


def shift_words(report: RobustnessReport) -> str:
    """The same, for those who don't see it."""
    mean, worst = shift_accuracies(report)
    return (
        f"Accuracy (%) when moved by 0 to 4 pixels: mean of 8 directions {_listed(mean)}; "
        f"worst direction {_listed(worst)}."
    )


def shift_accuracies(report: RobustnessReport) -> tuple[np.ndarray, np.ndarray]:
    """Mean and least over the directions, in percent: float64 [5] each, by pixels from 0 on."""
    assert report.shifts is not None
    right = np.array(list(report.shifts.right.values()))
    clean = [report.clean]
    mean, worst = (np.concatenate((clean, rows)) for rows in (right.mean(0), right.min(0)))
    return 100 * mean / report.images, 100 * worst / report.images


def attack_curve(report: RobustnessReport) -> go.Figure:
    """The most that the accuracy can be (%) over how far each value may be changed."""
    assert report.attacked is not None
    figure = go.Figure()
    figure.add_scatter(
        x=list(EPSILONS),
        y=100 * np.array(report.attacked) / report.images,
        mode="lines+markers",
        line={"color": theme.LINES[0], "width": 2.5},
        marker={"symbol": theme.SYMBOLS[0], "size": 7},
        error_y=_intervals(list(report.attacked), report.images),
        cliponaxis=False,
        hovertemplate="changed by %{x}/255: at most %{y:.1f} %<extra></extra>",
    )
    figure.update_xaxes(title_text="Changed by at most (1/255)", tickvals=list(EPSILONS))
    figure.update_yaxes(title_text="Accuracy, at most (%)", range=[0, 103])
    figure.update_layout(hovermode="closest", showlegend=False)
    return theme.style(figure, height=HEIGHT - 40)


def attack_words(report: RobustnessReport) -> str:
    """The same, for those who don't see it."""
    assert report.attacked is not None
    told = (
        f"{levels}/255: {100 * count / report.images:.1f}"
        for levels, count in zip(EPSILONS, report.attacked, strict=True)
    )
    return f"Accuracy under attack, at most (%), by how far values may change: {', '.join(told)}."


def _intervals(counts: list[int], images: int) -> dict[str, object]:
    """Error bars in percent, Wilson's 95 % intervals."""
    ends = 100 * np.array([wilson_interval(count, images) for count in counts])
    percents = 100 * np.array(counts) / images
    return {
        "array": ends[:, 1] - percents,
        "arrayminus": percents - ends[:, 0],
        "thickness": 1,
        "width": 0,
    }


def _listed(percents: np.ndarray) -> str:
    return ", ".join(f"{percent:.1f}" for percent in percents)
