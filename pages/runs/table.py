"""The rows as a table: what their runs reached, and in which fields their recipes differ."""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import fmean

import pandas as pd
import streamlit as st

from app.naming import SEED, differing
from core.evaluation.spread import spread
from core.runs.listing import Origin
from core.runs.run import Run
from pages.runs.rows import By, Row

MOST_FIELDS = 8  # with columns of their own; of more, the first in the order of the form
COLUMNS = {
    "Name": st.column_config.TextColumn(width=240),
    "Best": st.column_config.NumberColumn("Best validation (%)", format="%.2f"),
    "Progress": st.column_config.ProgressColumn(format="percent", width=110),
    "Validation": st.column_config.NumberColumn(
        "Validation (%)",
        format="%.2f",
        help="Of the weights that were kept, in full precision. Curves and studies tell what was "
        "measured while it trained, in its own precision.",
    ),
    "Test": st.column_config.NumberColumn("Test (%)", format="%.2f"),
    "Interval": st.column_config.NumberColumn(
        "± (points)", format="%.2f", help="Half of the 95 % interval of the mean of Test."
    ),
    "Minutes": st.column_config.NumberColumn("Training (min)", format="%.1f"),
    "Images/s": st.column_config.NumberColumn(format="%.0f"),
    "Parameters": st.column_config.NumberColumn(format="compact"),
    "Created": st.column_config.DatetimeColumn(format="calendar"),
}


def table_of(rows: Sequence[Row], by: By, origins: Mapping[str, Origin]) -> pd.DataFrame:
    firsts = [row.runs[0] for row in rows]
    match by:
        case "run":
            table = pd.DataFrame(map(_run, firsts))
            called = [origins.get(run.id) for run in firsts]
            if any(called):
                table["Name"] = _within_one_study(firsts, called)
                table["Study"] = [origin and origin.name for origin in called]
                table["Setting"] = [origin and origin.setting for origin in called]
        case "setting":
            table = pd.DataFrame([_setting(row) for row in rows])
        case "study":
            return pd.DataFrame([_study(row) for row in rows])
    place = table.columns.get_loc("Minutes")
    assert isinstance(place, int)
    fields = varying(firsts)
    for number, (title, told) in enumerate([*fields.items()][:MOST_FIELDS]):
        table.insert(place + number, title, _numbers(told))
    return table


def _within_one_study(runs: Sequence[Run], origins: Sequence[Origin | None]) -> list[str]:
    """Names without that of the study, where all are of one."""
    names = {origin and origin.name for origin in origins}
    common = f"{names.pop()}: " if len(names) == 1 else ""
    return [run.name.removeprefix(common) for run in runs]


def varying(runs: Sequence[Run]) -> dict[str, list[str]]:
    """The fields that have columns, beside the seed, which always has one."""
    return {title: told for title, told in differing(runs).items() if title != SEED}


def _run(run: Run) -> dict[str, object]:
    return {
        "Name": run.name,
        "Status": run.status,
        "Progress": run.progress,
        "Validation": _percent(run.accuracies.get("validation")),
        "Test": _percent(run.accuracies.get("test")),
        "Seed": run.recipe.seed,
        "Minutes": run.seconds / 60,
        "Images/s": run.images_per_second,
        "Parameters": run.parameters,
        "Created": pd.Timestamp(run.created, unit="s", tz="UTC"),
        "Tags": list(run.tags),
    }


def _setting(row: Row) -> dict[str, object]:
    tests = _reached(row, "test")
    return {
        "Name": row.runs[0].name,
        "Runs": len(row.runs),
        "Status": _statuses(row),
        "Validation": _percent(_mean(_reached(row, "validation"))),
        "Test": _percent(_mean(tests)),
        "Interval": _interval(tests),
        "Minutes": sum(run.seconds for run in row.runs) / 60,
        "Parameters": row.runs[0].parameters,
    }


def _interval(tests: list[float]) -> float | None:
    """Half of the mean's, in percent; None where so few runs have none."""
    if len(tests) < 2:
        return None
    over = spread(tests)
    return _percent((over.high - over.low) / 2)


def _study(row: Row) -> dict[str, object]:
    return {
        "Name": row.name.rpartition(",")[0],
        "Runs": len(row.runs),
        "Status": _statuses(row),
        "Best": _percent(max(_reached(row, "validation"), default=None)),
        "Minutes": sum(run.seconds for run in row.runs) / 60,
        "Created": pd.Timestamp(row.runs[-1].created, unit="s", tz="UTC"),
    }


def _statuses(row: Row) -> str:
    counts = Counter(run.status for run in row.runs)
    return ", ".join(f"{count} {status}" for status, count in counts.most_common())


def _reached(row: Row, split: str) -> list[float]:
    return [run.accuracies[split] for run in row.runs if split in run.accuracies]


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _numbers(told: Sequence[str]) -> pd.Series:
    """To be sorted as such, where all are numbers."""
    numbers = pd.to_numeric(pd.Series(told), errors="coerce")
    return pd.Series(told) if numbers.isna().any() else numbers
