"""The rows of runs: read with their locks in mind, and moved from one status to another."""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress

from core.errors import ConvscopeError
from core.runs.database import Database
from core.runs.locks import Locks
from core.runs.run import COMES_FROM, TRAINING, Run, Status, run_from_row


class Rows:
    """What a run is follows from its row and from whether somebody holds its lock."""

    def __init__(self, database: Database, locks: Locks) -> None:
        self._database, self._locks = database, locks

    def get(self, run_id: str) -> Run:
        """Raises ConvscopeError for a run that isn't there, or whose row cannot be read."""
        rows = self._database.rows("SELECT * FROM runs WHERE id = ?", run_id)
        if not rows:
            raise ConvscopeError(f"There is no run '{run_id[:40]}'; it may have been deleted.")
        return self._run(rows[0])

    def where(self, condition: str, *values: object) -> Iterator[Run]:
        """Those of which an SQL condition holds, in the order that may stand behind it.

        Without the rows that are damaged or another version's: they hide no other run.
        """
        for row in self._database.rows(f"SELECT * FROM runs WHERE {condition}", *values):
            with suppress(ConvscopeError):
                yield self._run(row)

    def queued(self, device: str | None) -> Iterator[Run]:
        """Those that wait and that a device of this kind may train, in the order of their turns."""
        return self.where(
            "status = 'queued' AND NOT deleted AND device IN ('', ifnull(?, device))"
            " ORDER BY priority DESC, changed",
            device,
        )

    def move(
        self,
        run_id: str,
        status: Status,
        message: str,
        of: tuple[Status, ...] = (),
        **fields: object,
    ) -> bool:
        """Give a run another status, if it has one of those that lead there, and tell its history.
        False where it has none of them."""
        fields |= {"status": status, "message": message, "changed": time.time()}
        assignments = ", ".join(f"{name} = ?" for name in fields)
        with self._database.transaction() as connection:
            moved = connection.execute(
                f"UPDATE runs SET {assignments}"
                f" WHERE id = ? AND NOT deleted AND status IN {listed(of or COMES_FROM[status])}",
                (*fields.values(), run_id),
            ).rowcount
            if moved:
                values = (run_id, time.time(), message or status)
                connection.execute("INSERT INTO events VALUES (?, ?, ?)", values)
        return bool(moved)

    def settle(self, run_id: str, message: str = "") -> None:
        """Call a run interrupted whose process is gone, before something else is made of it."""
        run = self.get(run_id)
        if run.status == "interrupted":
            with self._locks.holding(run_id) as free:
                if free:
                    self.move(run_id, "interrupted", message or run.message)

    def _run(self, row: sqlite3.Row) -> Run:
        taken = self._is_at_work(row)
        if row["status"] in TRAINING and not taken:  # unless its end was stored since it was read
            rows = self._database.rows("SELECT * FROM runs WHERE id = ?", row["id"])
            row = rows[0] if rows else row
            taken = self._is_at_work(row)
        return run_from_row(row, taken)

    def _is_at_work(self, row: sqlite3.Row) -> bool:
        return row["status"] in TRAINING and self._locks.is_taken(row["id"])


def listed(statuses: Iterable[Status]) -> str:
    """As SQL has it behind IN."""
    return "(" + ", ".join(f"'{status}'" for status in statuses) + ")"
