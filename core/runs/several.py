"""Many runs at once: each change is one statement that says from which status it may start."""

import json
import time
from collections.abc import Collection
from contextlib import suppress

from core.errors import ConvscopeError
from core.runs.database import Database
from core.runs.rows import Rows, listed
from core.runs.run import TRAINING

OF = "id IN (SELECT value FROM json_each(?))"
TAKEN = "Taken from the queue."


class Several:
    """ids: of the runs; those of which something is not true any more are left as they are."""

    def __init__(self, database: Database, rows: Rows, session: str) -> None:
        self._database, self._rows, self._session = database, rows, session

    def stop(self, ids: Collection[str]) -> int:
        """Take from the queue what waits, and ask whoever trains the others to stop; how many
        that were."""
        these, now = json.dumps([*ids]), time.time()
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO events SELECT id, ?, ? FROM runs"
                f" WHERE {OF} AND status = 'queued' AND NOT deleted",
                (now, TAKEN, these),
            )
            waited = connection.execute(
                "UPDATE runs SET status = 'stopped', message = ?, changed = ?"
                f" WHERE {OF} AND status = 'queued' AND NOT deleted",
                (TAKEN, now, these),
            ).rowcount
            asked = connection.execute(
                "UPDATE runs SET request = 'stop'"
                f" WHERE {OF} AND status IN {listed(TRAINING)} AND NOT deleted",
                (these,),
            ).rowcount
        return waited + asked

    def delete(self, ids: Collection[str]) -> int:
        """Hide those that are not in training; how many that were."""
        these = json.dumps([*ids])
        for row in self._database.rows(
            f"SELECT id FROM runs WHERE {OF} AND status IN {listed(TRAINING)}", these
        ):
            with suppress(ConvscopeError):  # also one whose row is damaged can go
                self._rows.settle(row["id"])
        return self._database.change(
            "UPDATE runs SET deleted = 1, deleted_at = ?, deleted_by = ?"
            f" WHERE {OF} AND deleted < 2 AND status NOT IN {listed(TRAINING)}",
            *(time.time(), self._session, these),
        )

    def restore(self, ids: Collection[str]) -> int:
        """Bring back those that are not gone for good; how many that were."""
        return self._database.change(
            f"UPDATE runs SET deleted = 0 WHERE {OF} AND deleted < 2", json.dumps([*ids])
        )
