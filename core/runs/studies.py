"""Studies, as rows of the store: what was asked, who drives it, and what is asked of its driver.

One process drives a study, and holds its lock.
"""

import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.errors import ConvscopeError
from core.runs.database import Database
from core.runs.locks import Locks
from core.runs.run import Request, this_process
from core.runs.trials import Trial

StudyStatus = Literal["queued", "running", "paused", "stopped", "finished", "failed"]
GOING: tuple[StudyStatus, ...] = ("queued", "running")
AT_ONCE: dict[Request, StudyStatus] = {"pause": "paused", "stop": "stopped"}
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


class Studies:
    """Raises ConvscopeError, in one sentence, for a study that isn't there."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._locks = Locks(folder)

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
        """Take the oldest of those that wait, for this process until `release`; or None. What was
        asked of a driver that was killed is asked of this one."""
        for study_id in self._undriven():
            if self._locks.take(study_id):
                if self._begin(study_id, f"status IN {_listed(GOING)}", "request"):
                    return self.get(study_id)
                self._locks.release(study_id)
        return None

    def claim(self, study_id: str) -> StoredStudy:
        """Take one study for this process until `release`, whatever became of it before. Raises
        ConvscopeError when another process drives it."""
        study = self.get(study_id)
        if not self._locks.take(study_id):
            raise ConvscopeError(f"'{study.name}' is already driven, by {study.owner}.")
        self._begin(study_id)
        return self.get(study_id)

    def release(self, study_id: str) -> None:
        self._locks.release(study_id)

    def requeue(self, study_id: str) -> None:
        """Let a study that paused or stopped go on as soon as a driver is free; one that is driven
        still, at once."""
        self._settle(study_id)
        self._database.change(
            "UPDATE studies SET request = NULL, message = '', status ="
            " CASE status WHEN 'running' THEN 'running' ELSE 'queued' END WHERE id = ?",
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

    def ask(self, study_id: str, request: Request) -> None:
        """Ask the driver to begin no further trial and rest (pause), or to stop those under way and
        end (stop), which is never taken back. One that only waits does so at once. Raises
        ConvscopeError when there is nothing to ask any more."""
        self._settle(study_id)
        if not self._database.change(
            "UPDATE studies SET status = CASE status WHEN 'queued' THEN ? ELSE status END,"
            " request = CASE WHEN status = 'queued' THEN NULL"
            " WHEN request = 'stop' THEN 'stop' ELSE ? END"
            f" WHERE id = ? AND status IN {_listed(GOING)}",
            *(AT_ONCE[request], request, study_id),
        ):
            study = self.get(study_id)
            raise ConvscopeError(f"'{study.name}' is {study.status}, so nothing of it is going on.")

    def requested(self, study_id: str) -> Request | None:
        rows = self._database.rows("SELECT request FROM studies WHERE id = ?", study_id)
        return rows[0]["request"] if rows else "stop"

    def rest(self, study_id: str) -> bool:
        """Pause a study of which nothing is under way any more, so that its driver is free for
        others; False where it is not to pause. For the process that has claimed it."""
        return bool(
            self._database.change(
                "UPDATE studies SET status = 'paused', request = NULL, message = ''"
                " WHERE id = ? AND status = 'running' AND request = 'pause'",
                study_id,
            )
        )

    def finish(self, study_id: str, definition: dict[str, Any]) -> bool:
        """End a study of which all is done; False where it asks for something else than this by
        now. For the process that has claimed it."""
        return bool(
            self._database.change(
                "UPDATE studies SET status = 'finished', message = '', request = NULL"
                " WHERE id = ? AND definition = ?",
                *(study_id, json.dumps(definition)),
            )
        )

    def halt(self, study_id: str) -> None:
        """Stop a study that goes on; what came to its end meanwhile stays so. For the process that
        has claimed it."""
        self._database.change(
            "UPDATE studies SET status = 'stopped', message = '', request = NULL"
            " WHERE id = ? AND status = 'running'",
            study_id,
        )

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

    # Inside

    def _undriven(self) -> list[str]:
        rows = self._database.rows(
            f"SELECT id FROM studies WHERE status IN {_listed(GOING)} ORDER BY created"
        )
        return [row["id"] for row in rows]

    def _settle(self, study_id: str) -> None:
        """Call a study stopped whose driver is gone, before something else is made of it."""
        if self.get(study_id).message == GONE:
            with self._locks.holding(study_id) as free:
                if free:
                    self._database.change(
                        "UPDATE studies SET status = 'stopped', request = NULL, message = ?"
                        " WHERE id = ? AND status = 'running'",
                        *(GONE, study_id),
                    )

    def _begin(self, study_id: str, where: str = "TRUE", request: str = "NULL") -> bool:
        """request: SQL for what is asked of the new driver"""
        return bool(
            self._database.change(
                f"UPDATE studies SET status = 'running', request = {request}, message = '',"
                f" owner = ? WHERE id = ? AND {where}",
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
            definition = None
        return StoredStudy(
            row["id"],
            row["name"],
            definition if isinstance(definition, dict) else {},
            status,
            row["request"],
            row["owner"] or "",
            message,
            row["created"],
        )


def _listed(statuses: tuple[StudyStatus, ...]) -> str:
    """As SQL has it behind IN."""
    return "(" + ", ".join(f"'{status}'" for status in statuses) + ")"
