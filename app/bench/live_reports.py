"""The tables of `bench live` and `bench open`: one row for each thing measured, for one checkout or
for two."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles

from app.bench.server import Cores, Memory
from app.bench.situations import ALONE
from core.bench.report import Report, Trials

Measured = Mapping[str, Mapping[str, Sequence[float]]]
"""Repeated measurements by what was measured, then by checkout: this one, perhaps another."""
AGAINST = "this / other"


@dataclass(frozen=True)
class _Row:
    """against: the ratio to the other checkout, in the row of this one; a cell too many or none"""

    what: str
    checkout: str
    trials: Trials
    against: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.what}, {self.checkout}" if self.against else self.what


def first_steps_report(waits: Measured, compared: str = "") -> Report:
    """waits: seconds"""
    return Report(
        part="live-first",
        title="From the click on Train to the first stored step",
        columns=("Home", "median, s", "spread, s", *_heading(waits)),
        rows=tuple((row.name, *row.trials.cells(1), *row.against) for row in _rows(waits)),
        figures=_figures(waits),
        notes=_notes("In a server just started, without any run yet.", compared),
    )


def opening_report(times: Measured, compared: str = "") -> Report:
    """times: seconds, by page"""
    return Report(
        part="open",
        title="From the start of a server to a whole page, and pages opened for the first time",
        columns=("page", "median, s", "spread, s", *_heading(times)),
        rows=tuple((row.name, *row.trials.cells(1), *row.against) for row in _rows(times)),
        figures=_figures(times),
        notes=_notes(
            "Each page in a server just started, when Home has been looked at for a few seconds; "
            "with the browser's own work on the same machine. Nothing trains.",
            compared,
        ),
    )


def speed_report(rates: Measured, compared: str = "") -> Report:
    """rates: images per second, by what went on beside training; one of them is ALONE."""
    alone = {checkout: Trials(values) for checkout, values in rates[ALONE].items()}
    return Report(
        part="live",
        title="Training while the app is watched and worked in",
        columns=("", "images/s", "spread", "ratio", *_heading(rates)),
        rows=tuple(
            (
                row.name,
                *row.trials.cells(),
                f"{row.trials.ratio(alone[row.checkout]):.3f}",
                *row.against,
            )
            for row in _rows(rates)
        ),
        figures=_figures(rates),
        notes=_notes(
            f"The ratio is to the same checkout with {ALONE}. The browser draws on this machine "
            "too, so its own work is in the figures. n threads beside one busy program have a "
            "fair share of n / (n + 1).",
            compared,
        ),
    )


def cores_report(cores: Mapping[str, Mapping[str, Sequence[Cores]]], compared: str = "") -> Report:
    """One row for each situation."""
    together = _together(cores)
    return Report(
        part="live-cores",
        title="Cores busy while a run trains: with the server, and with the browser",
        columns=("", "server", "browser", "together", "spread", *_heading(together)),
        rows=tuple(
            (
                row.name,
                *_parts(cores[row.what][row.checkout], digits=3),
                *row.trials.cells(3),
                *row.against,
            )
            for row in _rows(together)
        ),
        figures={what: dict(each) for what, each in cores.items()},
        notes=_notes(
            "Means over a trial; training's own process is not in them. A browser on another "
            "machine takes nothing from training.",
            compared,
        ),
    )


def memory_report(
    memory: Mapping[str, Mapping[str, Sequence[Memory]]], compared: str = ""
) -> Report:
    """One row for each situation, as it was at the end of each trial."""
    together = _together(memory)
    return Report(
        part="live-memory",
        title="Memory while a run trains: resident MB of the server and its workers",
        columns=("", "server", "workers", "together", "spread", *_heading(together)),
        rows=tuple(
            (row.name, *_parts(memory[row.what][row.checkout]), *row.trials.cells(), *row.against)
            for row in _rows(together)
        ),
        figures={what: dict(each) for what, each in memory.items()},
        notes=_notes(
            "Pages that processes share, such as those of libraries, count in each.", compared
        ),
    )


def answers_report(times: Measured, compared: str = "") -> Report:
    """times: seconds of repeated loads, by page"""
    return Report(
        part="live-pages",
        title="Pages while a run trains: from the address to the whole page",
        columns=("page", "median, s", "95th percentile, s", "spread, s", *_heading(times)),
        rows=tuple(
            (row.name, median, _slow(row.trials), spread, *row.against)
            for row in _rows(times)
            for median, spread in [row.trials.cells(2)]
        ),
        figures=_figures(times),
        notes=_notes(
            "In a new tab each time, with the browser's own work on the same machine.", compared
        ),
    )


def _rows(measured: Measured) -> Iterator[_Row]:
    for what, each in measured.items():
        trials = {checkout: Trials(values) for checkout, values in each.items()}
        here, *others = trials.values()
        for checkout, own in trials.items():
            ratios = tuple(f"{here.ratio(o):.3f}" if own is here else "-" for o in others)
            yield _Row(what, checkout, own, ratios)


def _together(
    measured: Mapping[str, Mapping[str, Sequence[tuple[float, ...]]]],
) -> dict[str, dict[str, list[float]]]:
    """The sums of what is told in parts."""
    return {
        what: {checkout: [sum(trial) for trial in trials] for checkout, trials in each.items()}
        for what, each in measured.items()
    }


def _parts(measured: Sequence[tuple[float, ...]], digits: int = 0) -> tuple[str, ...]:
    """The median of each part."""
    return tuple(Trials(values).cells(digits)[0] for values in zip(*measured, strict=True))


def _slow(trials: Trials) -> str:
    """The 95th percentile."""
    return f"{quantiles(trials.values, n=20)[-1]:.2f}"


def _heading(measured: Measured) -> tuple[str, ...]:
    """Of the last column, which is there where two were compared."""
    return (AGAINST,) if any(len(each) > 1 for each in measured.values()) else ()


def _figures(measured: Measured) -> dict[str, object]:
    return {
        what: {checkout: list(values) for checkout, values in each.items()}
        for what, each in measured.items()
    }


def _notes(*notes: str) -> tuple[str, ...]:
    return tuple(filter(None, notes))
