"""The trials of studies, as rows of the store: what was tried, and what came of it.

Only the process that drives a study adds its trials and ends them. What they train are ordinary
runs, which the rows name.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from core.runs.database import Database

TrialStatus = Literal["running", "finished", "pruned", "failed"]


@dataclass(frozen=True)
class Trial:
    """setting: what it sets, by the fields' paths; value: what it reached of the study's goal
    runs: ids, by seed
    """

    number: int
    name: str
    setting: dict[str, Any]
    status: TrialStatus
    value: float | None
    message: str
    runs: dict[int, str]


class Trials:
    """study_id: of the study that they belong to; one that isn't there has none."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, study_id: str, number: int, name: str, setting: Mapping[str, Any]) -> None:
        self._database.change(
            "INSERT OR IGNORE INTO trials (study, number, name, setting, status)"
            " VALUES (?, ?, ?, ?, 'running')",
            *(study_id, number, name, json.dumps(setting)),
        )

    def end(
        self,
        study_id: str,
        number: int,
        status: TrialStatus,
        value: float | None = None,
        message: str = "",
    ) -> None:
        self._database.change(
            "UPDATE trials SET status = ?, value = ?, message = ? WHERE study = ? AND number = ?",
            *(status, value, message, study_id, number),
        )

    def plan_run(self, study_id: str, trial: int, seed: int, run_id: str | None = None) -> str:
        """The id of the run of a trial with a seed: the one that was planned before, else `run_id`,
        else one that there is not yet and that the driver is to create."""
        self._database.change(
            "INSERT OR IGNORE INTO trial_runs (study, trial, seed, run) VALUES (?, ?, ?, ?)",
            *(study_id, trial, seed, run_id or secrets.token_hex(4)),
        )
        rows = self._database.rows(
            "SELECT run FROM trial_runs WHERE study = ? AND trial = ? AND seed = ?",
            *(study_id, trial, seed),
        )
        return rows[0]["run"]

    def another_attempt(self, run_id: str) -> int:
        """Count one more attempt at a run; how many there were before this one."""
        self._database.change("UPDATE trial_runs SET attempts = attempts + 1 WHERE run = ?", run_id)
        rows = self._database.rows("SELECT max(attempts) FROM trial_runs WHERE run = ?", run_id)
        return rows[0][0] - 1

    def of(self, study_id: str, status: TrialStatus | None = None, last: int = -1) -> list[Trial]:
        """All, or those of a status, by number; with `last`, the newest of them."""
        where, values = ("", ()) if status is None else (" AND status = ?", (status,))
        return self._rows(f"{where} ORDER BY number DESC LIMIT ?", study_id, *values, last)[::-1]

    def best(self, study_id: str, highest: bool) -> Trial | None:
        """Of those that finished; the first of those alike."""
        order = "DESC" if highest else "ASC"
        best = (
            f" AND status = 'finished' AND value IS NOT NULL ORDER BY value {order}, number LIMIT 1"
        )
        return next(iter(self._rows(best, study_id)), None)

    def counts(self, study_id: str) -> dict[TrialStatus, int]:
        """How many trials there are of each status."""
        rows = self._database.rows(
            "SELECT status, count(*) AS trials FROM trials WHERE study = ? GROUP BY status",
            study_id,
        )
        return {row["status"]: row["trials"] for row in rows}

    def is_wanted_elsewhere(self, run_id: str, study_id: str) -> bool:
        """Whether a run is of a trial under way of another study that goes on, too."""
        rows = self._database.rows(
            "SELECT 1 FROM trial_runs JOIN studies ON studies.id = trial_runs.study JOIN trials"
            " ON trials.study = trial_runs.study AND trials.number = trial_runs.trial"
            " WHERE run = ? AND studies.id != ? AND studies.status IN ('queued', 'running')"
            " AND trials.status = 'running' LIMIT 1",
            *(run_id, study_id),
        )
        return bool(rows)

    def has_running(self, study_id: str) -> bool:
        """Whether a trial is under way."""
        rows = self._database.rows(
            "SELECT 1 FROM trials WHERE study = ? AND status = 'running' LIMIT 1", study_id
        )
        return bool(rows)

    def seconds(self, study_id: str) -> float:
        """Of training in all of the runs that were made for it; those that were there before it
        count for nothing."""
        rows = self._database.rows(
            "SELECT total(seconds) FROM runs WHERE id IN"
            " (SELECT run FROM trial_runs WHERE study = ?)"
            " AND created >= (SELECT created FROM studies WHERE id = ?)",
            *(study_id, study_id),
        )
        return rows[0][0]

    def _rows(self, which: str, study_id: str, *values: object) -> list[Trial]:
        """which: SQL that goes on behind 'of this study'"""
        found = f"SELECT * FROM trials WHERE study = ?{which}"
        runs: dict[int, dict[int, str]] = {}
        for row in self._database.rows(
            f"WITH found AS ({found}) SELECT trial, seed, run FROM found JOIN trial_runs"
            " ON found.study = trial_runs.study AND number = trial ORDER BY seed",
            *(study_id, *values),
        ):
            runs.setdefault(row["trial"], {})[row["seed"]] = row["run"]
        return [
            Trial(
                row["number"],
                row["name"],
                json.loads(row["setting"]),
                row["status"],
                row["value"],
                row["message"],
                runs.get(row["number"], {}),
            )
            for row in self._database.rows(found, study_id, *values)
        ]
