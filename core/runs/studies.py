"""Studies and their trials, as rows of the store: what was asked, what was tried, what came of it.

One process drives a study, and holds its lock; only that one adds trials and ends them. What they
train are ordinary runs, which the rows name.
"""

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.errors import ConvscopeError
from core.runs.database import Database
from core.runs.locks import Locks
from core.runs.run import Request, this_process

StudyStatus = Literal["queued", "running", "stopped", "finished", "failed"]
TrialStatus = Literal["running", "finished", "pruned", "failed"]
GOING: tuple[StudyStatus, ...] = ("queued", "running")
GONE = "Its driver ended before it could say why; resume it to go on."


@dataclass(frozen=True)
class StoredStudy:
    """definition: what is asked, as `core.studies.definition.Study` reads it
    request: what somebody asks of its driver; message: why it failed, or what keeps it waiting
    created: seconds since 1970
    """

    id: str
    name: str
    definition: dict[str, Any]
    status: StudyStatus
    request: Request | None
    owner: str
    message: str
    created: float

    @property
    def going(self) -> bool:
        return self.status in GOING


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


class Studies:
    """Raises ConvscopeError, in one sentence, for a study that isn't there."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._locks = Locks(folder)

    # Studies

    def create(self, name: str, definition: dict[str, Any]) -> str:
        """Queue a new study for a driver, and return its id."""
        study_id = secrets.token_hex(4)
        self._database.change(
            "INSERT INTO studies (id, name, definition, status, created)"
            " VALUES (?, ?, ?, 'queued', ?)",
            *(study_id, name, json.dumps(definition), time.time()),
        )
        return study_id

    def all(self) -> list[StoredStudy]:
        """The newest first."""
        rows = self._database.rows("SELECT * FROM studies ORDER BY created DESC")
        return [self._study(row) for row in rows]

    def get(self, study_id: str) -> StoredStudy:
        rows = self._database.rows("SELECT * FROM studies WHERE id = ?", study_id)
        if not rows:
            raise ConvscopeError(f"There is no study '{study_id[:40]}'; it may have been deleted.")
        return self._study(rows[0])

    def find(self, name: str) -> StoredStudy:
        """By its id, else the newest of that name."""
        rows = self._database.rows(
            "SELECT * FROM studies WHERE ? IN (id, name)"
            " ORDER BY id = ? DESC, created DESC LIMIT 1",
            *(name, name),
        )
        if not rows:
            raise ConvscopeError(
                f"There is no study called '{name[:80]}'. `python -m core study` lists them all."
            )
        return self._study(rows[0])

    def waiting(self) -> bool:
        """Whether one waits for a driver, or was left by one that was killed."""
        return any(not self._locks.is_taken(study_id) for study_id in self._undriven())

    def claim_next(self) -> StoredStudy | None:
        """Take the oldest of those that wait, for this process until `release`; or None."""
        for study_id in self._undriven():
            if self._locks.take(study_id):
                if self._begin(study_id, GOING):
                    return self.get(study_id)
                self._locks.release(study_id)
        return None

    def claim(self, study_id: str) -> StoredStudy:
        """Take one study for this process until `release`, whatever became of it before. Raises
        ConvscopeError when another process drives it."""
        study = self.get(study_id)
        if not self._locks.take(study_id):
            raise ConvscopeError(f"'{study.name}' is already driven, by {study.owner}.")
        self._begin(study_id, ("queued", "running", "stopped", "failed", "finished"))
        return self.get(study_id)

    def release(self, study_id: str) -> None:
        self._locks.release(study_id)

    def requeue(self, study_id: str) -> None:
        """Let a study that stopped go on as soon as a driver is free; one that pauses at once."""
        if self.get(study_id).status == "running":
            self._database.change("UPDATE studies SET request = NULL WHERE id = ?", study_id)
            return
        self._database.change(
            "UPDATE studies SET status = 'queued', request = NULL, message = '' WHERE id = ?",
            study_id,
        )

    def redefine(self, study_id: str, definition: dict[str, Any]) -> None:
        """Ask more of a study: its driver goes on with that after what it was asked before, and one
        that is finished is queued anew."""
        changed = self._database.change(
            "UPDATE studies SET definition = ?, status ="
            " CASE status WHEN 'finished' THEN 'queued' ELSE status END WHERE id = ?",
            *(json.dumps(definition), study_id),
        )
        if not changed:
            self.get(study_id)  # says that it is gone

    def ask(self, study_id: str, request: Request | None) -> None:
        """Ask the driver to begin no further trial (pause), to stop those under way and end (stop),
        or to go on (None). One that only waits stops at once. Raises ConvscopeError when there is
        nothing to ask any more."""
        if request == "stop" and self._database.change(
            "UPDATE studies SET status = 'stopped' WHERE id = ? AND status = 'queued'", study_id
        ):
            return
        study = self.get(study_id)
        if study.status != "running":
            raise ConvscopeError(f"'{study.name}' is {study.status}, so nothing of it is going on.")
        self._database.change("UPDATE studies SET request = ? WHERE id = ?", request, study_id)

    def requested(self, study_id: str) -> Request | None:
        rows = self._database.rows("SELECT request FROM studies WHERE id = ?", study_id)
        return rows[0]["request"] if rows else "stop"

    def end(self, study_id: str, status: StudyStatus, message: str = "") -> None:
        """For the process that has claimed it."""
        self._database.change(
            "UPDATE studies SET status = ?, message = ?, request = NULL WHERE id = ?",
            *(status, message, study_id),
        )

    def tell(self, study_id: str, message: str) -> None:
        """Say what keeps a study waiting."""
        self._database.change("UPDATE studies SET message = ? WHERE id = ?", message, study_id)

    def tell_waiting(self, message: str) -> None:
        """Say why those that wait go on waiting."""
        self._database.change("UPDATE studies SET message = ? WHERE status = 'queued'", message)

    def delete(self, study_id: str) -> None:
        """Forget a study and its trials; the runs stay. One that goes on must be stopped first."""
        study = self.get(study_id)
        if study.status == "running" or not self._locks.take(study_id):
            raise ConvscopeError(f"'{study.name}' is running; stop it before deleting it.")
        self._database.change("DELETE FROM studies WHERE id = ?", study_id)
        self._locks.release(study_id)
        self._locks.remove(study_id)

    def restore(self, study: StoredStudy, trials: Sequence[Trial]) -> None:
        """Bring back what `delete` forgot; one that waited for a driver is stopped."""
        status = "stopped" if study.going else study.status
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO studies (id, name, definition, status, message, created)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    *(study.id, study.name, json.dumps(study.definition)),
                    *(status, study.message, study.created),
                ),
            )
            for each in trials:
                connection.execute(
                    "INSERT OR IGNORE INTO trials VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        *(study.id, each.number, each.name, json.dumps(each.setting)),
                        *(each.status, each.value, each.message),
                    ),
                )
                connection.executemany(
                    "INSERT OR IGNORE INTO trial_runs (study, trial, seed, run)"
                    " VALUES (?, ?, ?, ?)",
                    [(study.id, each.number, *run) for run in each.runs.items()],
                )

    # Trials

    def add_trial(self, study_id: str, number: int, name: str, setting: Mapping[str, Any]) -> None:
        self._database.change(
            "INSERT OR IGNORE INTO trials (study, number, name, setting, status)"
            " VALUES (?, ?, ?, ?, 'running')",
            *(study_id, number, name, json.dumps(setting)),
        )

    def end_trial(
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

    def trials(
        self, study_id: str, status: TrialStatus | None = None, last: int = -1
    ) -> list[Trial]:
        """All, or those of a status, by number; with `last`, the newest of them."""
        where, values = ("", ()) if status is None else (" AND status = ?", (status,))
        return self._trials(f"{where} ORDER BY number DESC LIMIT ?", study_id, *values, last)[::-1]

    def best_trial(self, study_id: str, highest: bool) -> Trial | None:
        """Of those that finished; the first of those alike."""
        order = "DESC" if highest else "ASC"
        best = f" AND status = 'finished' ORDER BY value {order}, number LIMIT 1"
        return next(iter(self._trials(best, study_id)), None)

    def counts(self, study_id: str) -> dict[TrialStatus, int]:
        """How many trials there are of each status."""
        rows = self._database.rows(
            "SELECT status, count(*) AS trials FROM trials WHERE study = ? GROUP BY status",
            study_id,
        )
        return {row["status"]: row["trials"] for row in rows}

    def has_running(self, study_id: str) -> bool:
        """Whether a trial is under way."""
        rows = self._database.rows(
            "SELECT 1 FROM trials WHERE study = ? AND status = 'running' LIMIT 1", study_id
        )
        return bool(rows)

    def seconds(self, study_id: str) -> float:
        """Of training in all of its runs."""
        rows = self._database.rows(
            "SELECT total(seconds) FROM runs WHERE id IN"
            " (SELECT run FROM trial_runs WHERE study = ?)",
            study_id,
        )
        return rows[0][0]

    def of_runs(self) -> dict[str, tuple[str, str]]:
        """The study and the setting that each run is of, by the run's id; the newest study."""
        rows = self._database.rows(
            "SELECT run, studies.name AS study, trials.name AS setting FROM trial_runs"
            " JOIN trials ON trials.study = trial_runs.study AND number = trial"
            " JOIN studies ON studies.id = trials.study ORDER BY studies.created"
        )
        return {row["run"]: (row["study"], row["setting"]) for row in rows}

    # Inside

    def _undriven(self) -> list[str]:
        rows = self._database.rows(
            "SELECT id FROM studies WHERE status IN ('queued', 'running') ORDER BY created"
        )
        return [row["id"] for row in rows]

    def _trials(self, which: str, study_id: str, *values: object) -> list[Trial]:
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

    def _begin(self, study_id: str, of: tuple[StudyStatus, ...]) -> bool:
        statuses = ", ".join(f"'{status}'" for status in of)
        return bool(
            self._database.change(
                "UPDATE studies SET status = 'running', request = NULL, message = '', owner = ?"
                f" WHERE id = ? AND status IN ({statuses})",
                *(this_process(), study_id),
            )
        )

    def _study(self, row: Any) -> StoredStudy:
        status, message = row["status"], row["message"]
        if status == "running" and not self._locks.is_taken(row["id"]):
            status, message = "stopped", GONE
        try:
            definition = json.loads(row["definition"])
        except ValueError:
            definition = {}
        return StoredStudy(
            row["id"],
            row["name"],
            definition,
            status,
            row["request"],
            row["owner"] or "",
            message,
            row["created"],
        )
