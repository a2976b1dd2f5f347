"""From the tables of runs to the lines that are drawn of them."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from app.charts.labels import shortened
from app.charts.line_chart import DOTTED, OVER, TEXT_COLOUR, Change, Entry, Line, Lines, Panel
from app.charts.trace import Look, Trace, looks
from core.comparison.seeds import of_any_seed
from core.evaluation.curves import Axis, Band, along, over_seeds, smoothed, steps_along

LONGEST = 60  # characters of a name in a legend
FAINT = 0.3  # opacity of a line behind its smoothed one
FORMULAS = ("=", "+", "-", "@", "\t")  # what spreadsheets take for the beginning of one

Part = Literal["validation", "train", "batch"]
TITLES: dict[Part, str] = {"validation": "Validation", "train": "Training", "batch": "Batches"}
DASHES: dict[Part, str] = {"validation": "", "train": DOTTED, "batch": ""}
WIDTHS: dict[Part, float] = {"validation": 2.4, "train": 1.8, "batch": 1.2}


@dataclass(frozen=True)
class View:
    """What people chose to see.

    weight: of smoothing, 0 to below 1; of steps alone where there are any
    log: logarithmic axes, with the error for the accuracy
    seeds: runs that differ in their seed alone as one line
    """

    axis: Axis = "epoch"
    weight: float = 0.0
    log: bool = False
    seeds: bool = False


@dataclass(frozen=True)
class _Metric:
    """A chart's quantity, from its column: values times `scale`, or what that lacks of 100."""

    column: str
    panel: Panel
    scale: float = 1.0
    lacking: bool = False

    def of(self, values: object) -> np.ndarray:
        scaled = self.scale * np.asarray(values, float)
        return 100 - scaled if self.lacking else scaled


def _metrics(log: bool) -> list[_Metric]:
    first = "Error (%)" if log else "Accuracy (%)"
    return [
        _Metric("accuracy", Panel(first, "%", 2, log), 100, lacking=log),
        _Metric("loss", Panel("Loss (nats)", "nats", 4, log)),
    ]


def lines_of(traces: Sequence[Trace], view: View) -> Lines:
    """Accuracy and loss: validation (solid) and training (dotted) after each epoch, and where there
    are steps their batches."""
    metrics = _metrics(view.log)
    groups = _groups(traces, view.seeds)
    stepped = any(not trace.steps.empty for trace in traces)
    parts: list[Part] = ["validation", "train"]
    if stepped:
        # Of several runs the batches say all of training that the eye can hold.
        parts = ["validation", "train", "batch"] if len(groups) == 1 else ["validation", "batch"]
    seen = looks([group[0].number for group in groups])
    several = len(groups) > 1
    names = [_name(group) for group in groups]
    runs = [Entry(name, look.slot, look.symbol) for name, look in zip(names, seen, strict=True)]
    entries = runs if several else []
    for part in parts:
        alone = TEXT_COLOUR if several else seen[0].slot
        mark = None if several or part == "batch" else _symbol(seen[0], part)
        entries = [*entries, Entry(TITLES[part], alone, mark, DASHES[part], WIDTHS[part])]
    lines: list[Line] = []
    for number, (group, look) in enumerate(zip(groups, seen, strict=True)):
        for position, part in enumerate(parts):
            title = TITLES[part]
            name = f"{names[number]}, {title.lower()}" if several else title
            of = (number, len(runs) + position) if several else (position,)
            for panel, metric in enumerate(metrics):
                band = _band(group, part, metric, view.axis)
                weight = view.weight if part == "batch" or not stepped else 0.0
                lines += _drawn(band, panel, name, of, look, part, weight, several)
    changes = [] if several else _changes(groups[0][0], view.axis)
    return Lines(OVER[view.axis], [metric.panel for metric in metrics], lines, entries, changes)


def _changes(trace: Trace, axis: Axis) -> list[Change]:
    """After which epochs the images grew."""
    if trace.recipe is None or len(trace.recipe.resolutions) == 1:
        return []
    sides = [trace.recipe.resolution(epoch) for epoch in range(trace.recipe.epochs)]
    ends = zip(
        trace.epochs["epoch"].to_numpy(int), along(trace.epochs, axis, trace.spent), strict=True
    )
    return [
        Change(float(end), f"{sides[epoch]} px")
        for epoch, end in ends
        if epoch < len(sides) and sides[epoch] != sides[epoch - 1]
    ]


def lines_in_words(lines: Lines) -> str:
    """For those who don't see the curves: their titles."""
    return f"{' and '.join(panel.title for panel in lines.panels)}, step by step."


def rate_lines(trace: Trace, axis: Axis) -> Lines:
    """What each step's learning rate and gradient were."""
    x = _steps_x(trace, axis)
    (look,) = looks([trace.number])
    told = {"learning_rate": ("Learning rate", 5), "gradient_norm": ("Gradient norm", 3)}
    panels = [Panel(title, "", digits) for title, digits in told.values()]
    lines = [
        Line(panel, "Step", x, trace.steps[column].to_numpy(float), slot=look.slot, width=1.6)
        for panel, column in enumerate(told)
    ]
    return Lines(OVER[axis], panels, lines, [])


def curves_as_csv(traces: Sequence[Trace], view: View) -> bytes:
    """What is drawn, one line a point: chart, curve, place and value."""
    lines = lines_of(traces, view)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["chart", "curve", lines.x.title, "value"])
    for line in lines.lines:
        name = f"'{line.name}" if line.name.startswith(FORMULAS) else line.name
        chart = lines.panels[line.panel].title
        writer.writerows([chart, name, x, y] for x, y in zip(line.x, line.y, strict=True))
    return text.getvalue().encode()


def curves_in_words(traces: Sequence[Trace], view: View) -> str:
    """For those who don't see the curves: where each ends."""
    ends = [
        f"{trace.name} {100 * float(trace.epochs['validation_accuracy'].iloc[-1]):.1f} % after "
        f"epoch {trace.epochs['epoch'].iloc[-1]}"
        for trace in traces
        if not trace.epochs.empty
    ]
    over = OVER[view.axis].title
    return f"Accuracy and loss, by {over}. Validation ends at: {'; '.join(ends) or 'nothing yet'}."


def _groups(traces: Sequence[Trace], seeds: bool) -> list[list[Trace]]:
    """One list a line: of runs that differ in their seed alone, or of one."""
    if not seeds:
        return [[trace] for trace in traces]
    groups: dict[str, list[Trace]] = {}
    for trace in traces:
        same = trace.name if trace.recipe is None else of_any_seed(trace.recipe)
        groups.setdefault(same, []).append(trace)
    return list(groups.values())


def _name(group: Sequence[Trace]) -> str:
    first = group[0]
    if len(group) == 1 or first.recipe is None:
        return shortened(first.name, LONGEST)
    return f"{shortened(first.recipe.name, LONGEST)}, {len(group)} seeds"


def _band(group: Sequence[Trace], part: Part, metric: _Metric, axis: Axis) -> Band:
    curves = [_curve(trace, part, metric, axis) for trace in group]
    if len(curves) == 1:
        ((x, y),) = curves
        return Band(x, y, y, y)
    return over_seeds(curves)


def _curve(trace: Trace, part: Part, metric: _Metric, axis: Axis) -> tuple[np.ndarray, np.ndarray]:
    if part == "batch":
        values = trace.steps[metric.column] if len(trace.steps) else []
        return _steps_x(trace, axis), metric.of(values)
    x = along(trace.epochs, axis, trace.spent)
    return x, metric.of(trace.epochs[f"{part}_{metric.column}"])


def _steps_x(trace: Trace, axis: Axis) -> np.ndarray:
    made = trace.steps["step"].to_numpy(float) + 1 if len(trace.steps) else np.empty(0)
    spent = trace.spent if axis == "flops" else None
    return steps_along(made, trace.epochs, axis, trace.steps_per_epoch, trace.now, spent)


def _drawn(
    band: Band,
    panel: int,
    name: str,
    of: tuple[int, ...],
    look: Look,
    part: Part,
    weight: float,
    several: bool,
) -> list[Line]:
    """A line, and where it is smoothed, the one that it was behind it."""
    dash, width = DASHES[part], WIDTHS[part]
    symbol = None if part == "batch" else _symbol(look, part)
    ranges = (None, None) if band.low is band.mean else (band.low, band.high)

    def line(name: str, y: np.ndarray, **other: object) -> Line:
        fields = {"of": of, "slot": look.slot, "dash": dash, "width": width} | other
        return Line(panel, name, band.x, y, **fields)  # pyright: ignore[reportArgumentType]

    if not weight:
        low, high = ranges
        return [line(name, band.mean, symbol=symbol, low=low, high=high)]
    low, high = (None if edge is None else smoothed(edge, weight) for edge in ranges)
    average = line(name, smoothed(band.mean, weight), symbol=symbol, low=low, high=high)
    if part == "batch" and several:
        return [average]
    behind = line(
        f"{name}, as it was", band.mean, width=1.0, opacity=FAINT, told=False, weighs=False
    )
    return [behind, average]


def _symbol(look: Look, part: Part) -> int | None:
    return look.symbol if part == "validation" else None
