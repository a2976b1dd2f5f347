"""What studies have come to, as their list and tables need it: figures read without recipes."""

import json
from dataclasses import dataclass, field
from typing import Literal

from core.runs.database import Database
from core.runs.trials import TrialStatus


@dataclass(frozen=True)
class TrialRun:
    """One run of a trial.

    status: as stored; "" where the run is not there
    seconds: of training so far; epochs: those done
    accuracies: top-1 (0 to 1) of the best weights by split; of a finished run
    """

    trial: int
    seed: int
    run: str
    status: str
    seconds: float
    epochs: int
    accuracies: dict[str, float]


@dataclass
class Totals:
    """counts: of trials, by status; high, low: of the values of those that finished"""

    counts: dict[TrialStatus, int] = field(default_factory=dict)
    high: float | None = None
    low: float | None = None


class StudyFigures:
    def __init__(self, database: Database) -> None:
        self._database = database

    def totals(self) -> dict[str, Totals]:
        """By the studies' ids; without those that have no trial yet."""
        found: dict[str, Totals] = {}
        for row in self._database.rows(
            "SELECT study, status, count(*) AS trials, max(value) AS high, min(value) AS low"
            " FROM trials GROUP BY study, status"
        ):
            totals = found.setdefault(row["study"], Totals())
            totals.counts[row["status"]] = row["trials"]
            if row["status"] == "finished":
                totals.high, totals.low = row["high"], row["low"]
        return found

    def runs(self, study_id: str, since: int = 0) -> list[TrialRun]:
        """Of all trials from the number `since` on, by trial and seed; without deleted runs."""
        return [
            TrialRun(
                row["trial"],
                row["seed"],
                row["run"],
                row["status"] or "",
                row["seconds"] or 0.0,
                row["epochs"],
                json.loads(row["accuracies"] or "{}"),
            )
            for row in self._database.rows(
                "SELECT trial, seed, run, status, seconds, accuracies,"
                " (SELECT count(*) FROM epochs WHERE epochs.run = trial_runs.run) AS epochs"
                " FROM trial_runs LEFT JOIN runs ON runs.id = trial_runs.run"
                " WHERE study = ? AND trial >= ? AND NOT coalesce(runs.deleted, 0)"
                " ORDER BY trial, seed",
                *(study_id, since),
            )
        ]

    def runs_by_status(self, study_id: str) -> dict[str, tuple[int, int]]:
        """How many runs it has of each status, without deleted ones, and how many of them were
        made for it, not found."""
        return {
            row["status"]: (row["runs"], row["made"])
            for row in self._database.rows(
                "SELECT runs.status, count(*) AS runs,"
                " sum(runs.created >= studies.created) AS made FROM trial_runs"
                " JOIN runs ON runs.id = run JOIN studies ON studies.id = study"
                " WHERE study = ? AND NOT runs.deleted GROUP BY runs.status",
                study_id,
            )
        }

    def reached(
        self, study_id: str, goal: Literal["accuracy", "loss"], seed: int
    ) -> dict[int, dict[int, float]]:
        """The validation accuracy (0 to 1) or loss of the runs with a seed, by trial and epoch."""
        found: dict[int, dict[int, float]] = {}
        for trial, epoch, value in self._database.rows(
            f"SELECT trial, epoch, validation_{goal} FROM trial_runs"
            " JOIN epochs ON epochs.run = trial_runs.run WHERE study = ? AND seed = ?",
            *(study_id, seed),
        ):
            found.setdefault(trial, {})[epoch] = value
        return found
