"""What a row of the list stands for: a run, or all listed runs of a setting or of a study."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from app.naming import told_apart
from core.comparison.seeds import of_any_seed
from core.runs.listing import Origin
from core.runs.run import Run

By = Literal["run", "setting", "study"]
BY: dict[By, str] = {"run": "Runs", "setting": "Settings", "study": "Studies"}
ALONE = "in no study"


@dataclass(frozen=True)
class Row:
    """id: the same at every look; name: as in the list; runs: the newest first"""

    id: str
    name: str
    runs: Sequence[Run]


def rows_of(runs: Sequence[Run], by: By, origins: Mapping[str, Origin]) -> list[Row]:
    """One for each run; or for those whose recipes differ in the seed alone; or for a study's."""
    if by == "run":
        names = zip(runs, told_apart(runs), strict=True)
        return [Row(run.id, _with_id(name, run.id), [run]) for run, name in names]
    groups: dict[str, list[Run]] = {}
    for run in runs:
        key = of_any_seed(run.recipe) if by == "setting" else _study(run, origins)
        groups.setdefault(key, []).append(run)
    if by == "setting":
        names = told_apart([of[0] for of in groups.values()], seeds=False)
    else:
        names = [origins[of[0].id].name if key else ALONE for key, of in groups.items()]
    return [
        Row(key, f"{name}, {len(of)} run{'s' if len(of) > 1 else ''}", of)
        for (key, of), name in zip(groups.items(), names, strict=True)
    ]


def _study(run: Run, origins: Mapping[str, Origin]) -> str:
    return origins[run.id].study if run.id in origins else ""


def _with_id(name: str, run_id: str) -> str:
    return name if name.endswith(f"({run_id})") else f"{name} ({run_id})"
