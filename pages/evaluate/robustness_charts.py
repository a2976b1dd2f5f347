"""Accuracy over the severity of corruptions, over shifts and over the strength of an attack."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from app.charts.line_chart import DOTTED, Entry, Line, Lines, Panel, XAxis
from core.evaluation.metrics import wilson_interval
from core.robustness.attack import EPSILONS
from core.robustness.corruptions import CORRUPTIONS, SEVERITIES
from core.robustness.report import RobustnessReport
from core.robustness.shifts import DISTANCES

SEVERITY = (0, *SEVERITIES)
MEAN = "Mean of 15"
WHOLE = (0.0, 103.0)  # of the accuracy, with room for the marks at its end
FAINT = 0.65  # opacity of what is not chosen


def severity_curves(report: RobustnessReport, chosen: str) -> Lines:
    """Accuracy (%) over severity, 0 to 5, of the chosen corruption with its 95 % intervals, of
    those of its family, and the mean of all that count."""
    lines, entries = [], []
    for number, name in enumerate(family_of(chosen)):
        counts = [report.clean, *report.corruptions[name]]
        line = _line(CORRUPTIONS[name].title, SEVERITY, counts, report.images, number)
        if name == chosen:
            line = replace(line, of=(number,), width=3.5)
        else:
            line = replace(line, of=(number,), width=1.5, opacity=FAINT, low=None, high=None)
        lines.append(line)
        entries.append(Entry(line.name, number, number, width=line.width))
    mean = 100 * np.array([report.clean / report.images, *report.mean_accuracy])
    of = (len(entries),)
    lines.append(Line(0, MEAN, np.array(SEVERITY), mean, of, dash=DOTTED, opacity=FAINT))
    return Lines(
        XAxis("step", "Severity (0: as they are)", "Severity"),
        [Panel("Accuracy (%)", "%", 1, span=WHOLE)],
        lines,
        [*entries, Entry(MEAN, dash=DOTTED)],
    )


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
    rows.append((MEAN, *(100 * mean), 100 * mean.mean()))
    return pd.DataFrame(rows, columns=["Corruption", *map(str, SEVERITIES), "Mean"])


def shift_curves(report: RobustnessReport) -> Lines:
    """Accuracy (%) over the pixels that the pictures are moved by: mean and worst direction."""
    x = np.array([0, *DISTANCES])
    names = ("Mean of 8 directions", "Worst direction")
    return Lines(
        XAxis("step", "Moved by (pixels)", "Pixels"),
        [Panel("Accuracy (%)", "%", 1, span=WHOLE)],
        [
            Line(0, name, x, percents, (k,), k, symbol=k, width=2.5)
            for k, (name, percents) in enumerate(zip(names, shift_accuracies(report), strict=True))
        ],
        [Entry(name, k, k) for k, name in enumerate(names)],
    )


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


def attack_curve(report: RobustnessReport) -> Lines:
    """The most that the accuracy can be (%) over how far each value may be changed, with its 95 %
    intervals."""
    assert report.attacked is not None
    line = _line("Attacked", EPSILONS, report.attacked, report.images, 0)
    return Lines(
        XAxis("step", "Changed by at most (1/255)", "1/255 times"),
        [Panel("Accuracy, at most (%)", "%", 1, span=WHOLE)],
        [line],
        [],
    )


def attack_words(report: RobustnessReport) -> str:
    """The same, for those who don't see it."""
    assert report.attacked is not None
    told = (
        f"{levels}/255: {100 * count / report.images:.1f}"
        for levels, count in zip(EPSILONS, report.attacked, strict=True)
    )
    return f"Accuracy under attack, at most (%), by how far values may change: {', '.join(told)}."


def _line(name: str, x: Sequence[int], counts: Sequence[int], images: int, slot: int) -> Line:
    """Percents of the images, and as a band Wilson's 95 % intervals."""
    low, high = 100 * np.array([wilson_interval(count, images) for count in counts]).T
    y = 100 * np.array(counts) / images
    return Line(0, name, np.array(x), y, slot=slot, symbol=slot, width=2.5, low=low, high=high)


def _listed(percents: np.ndarray) -> str:
    return ", ".join(f"{percent:.1f}" for percent in percents)
