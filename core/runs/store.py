"""The run store: every run's recipe, status and metrics in SQLite, its files in a folder beside.

All that a page shows is read back from here, so a refresh, a second tab and a restarted server
show the same picture. Several processes may use one store at once.
"""

import json
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from core.errors import ConvscopeError
from core.files import home
from core.recipe import Recipe
from core.runs.database import Database
from core.runs.metrics import Metrics
from core.runs.run import Run, Status, readable, run_from_row, this_process

Request = Literal["pause", "stop"]


class RunStore:
    """Raises ConvscopeError, in one sentence, for a run that isn't there and a store that cannot
    be read or written."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or home()
        self._database = Database(self.folder / "runs.sqlite")
        self.metrics = Metrics(self._database)

    # Runs

    def create(self, recipe: Recipe, priority: int = 0, claimed: bool = False) -> str:
        """Queue a new run and return its id. Higher priorities are trained first.

        `claimed`: this process trains it itself, so it never waits in the queue.
        """
        run_id = secrets.token_hex(4)
        now = time.time()
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO runs (id, name, recipe, status, priority, created, changed)"
                " VALUES (?, ?, ?, 'queued', ?, ?, ?)",
                (run_id, recipe.name, recipe.to_json(), priority, now, now),
            )
            if claimed:
                self._take(connection, run_id)
        return run_id

    def get(self, run_id: str) -> Run:
        rows = self._database.rows("SELECT * FROM runs WHERE id = ?", run_id)
        if not rows:
            raise ConvscopeError(f"There is no run '{run_id[:40]}'; it may have been deleted.")
        return run_from_row(rows[0])

    def runs(self, deleted: bool = False) -> list[Run]:
        """All that this version can read, newest first; or those deleted but not yet gone."""
        rows = self._database.rows(
            "SELECT * FROM runs WHERE deleted = ? ORDER BY created DESC", int(deleted)
        )
        return list(readable(rows))

    def count(self) -> int:
        """How many runs there are, those included that only another version can read."""
        return self._database.rows("SELECT count(*) FROM runs WHERE NOT deleted")[0][0]

    def live(self) -> list[Run]:
        """Runs that wait, train or pause, newest first."""
        rows = self._database.rows(
            "SELECT * FROM runs WHERE status IN ('queued', 'running', 'paused') AND NOT deleted"
            " ORDER BY created DESC"
        )
        return [run for run in readable(rows) if run.live]

    def newest(self) -> str | None:
        """The id of the run made last, or None when there is none."""
        rows = self._database.rows(
            "SELECT id FROM runs WHERE NOT deleted ORDER BY created DESC LIMIT 1"
        )
        return rows[0]["id"] if rows else None

    def find(self, name: str) -> Run:
        """A run by id, else the newest one with that name."""
        rows = self._database.rows(
            "SELECT * FROM runs WHERE NOT deleted AND ? IN (id, name)"
            " ORDER BY id = ? DESC, created DESC LIMIT 1",
            name,
            name,
        )
        if not rows:
            raise ConvscopeError(
                f"There is no run called '{name[:80]}'. `python -m core runs` lists them all."
            )
        return run_from_row(rows[0])

    def rename(self, run_id: str, name: str) -> None:
        """Change the display name; Recipe's rules for names hold."""
        fields = self.get(run_id).recipe.model_dump()
        recipe = Recipe.parse(fields | {"name": name})
        self._update(run_id, name=recipe.name, recipe=recipe.to_json())

    def annotate(self, run_id: str, notes: str, tags: Iterable[str]) -> None:
        cleaned = sorted({tag.strip() for tag in tags if tag.strip()})
        self._update(run_id, notes=notes, tags=json.dumps(cleaned))

    def delete(self, run_id: str) -> None:
        """Hide a run; `restore` brings it back until `purge`. A live run must be stopped first."""
        run = self.get(run_id)
        if run.status in ("running", "paused"):
            raise ConvscopeError(f"'{run.name}' is {run.status}; stop it before deleting it.")
        self._update(run_id, deleted=1)

    def restore(self, run_id: str) -> None:
        self._update(run_id, deleted=0)

    def purge(self) -> None:
        """Remove deleted runs and their files for good."""
        for run in self.runs(deleted=True):
            with self._database.transaction() as connection:
                connection.execute("DELETE FROM runs WHERE id = ?", (run.id,))
            shutil.rmtree(self.files(run.id), ignore_errors=True)

    # Files

    def files(self, run_id: str) -> Path:
        return self.folder / "runs" / run_id

    def best_path(self, run_id: str) -> Path:
        """The checkpoint with the best weights by validation."""
        return self.files(run_id) / "best.safetensors"

    def state_path(self, run_id: str) -> Path:
        """What is needed to go on."""
        return self.files(run_id) / "state.safetensors"

    # The queue

    def claim_next(self) -> Run | None:
        """Take the queued run of highest priority, oldest first, for this process; or None."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                "SELECT * FROM runs WHERE status = 'queued' AND NOT deleted"
                " ORDER BY priority DESC, changed"
            )
            first = next(readable(rows), None)
            if first is None:
                return None
            self._take(connection, first.id)
        return self.get(first.id)

    def claim(self, run_id: str) -> Run:
        """Take one run for this process. Raises ConvscopeError when another already has it."""
        with self._database.transaction() as connection:
            run = self.get(run_id)
            if run.status in ("running", "paused"):
                raise ConvscopeError(f"'{run.name}' is already {run.status}.")
            self._take(connection, run_id)
        return self.get(run_id)

    def requeue(self, run_id: str) -> None:
        """Let a stopped, interrupted or failed run go on when its turn comes."""
        run = self.get(run_id)
        if not run.resumable:
            raise ConvscopeError(f"'{run.name}' is {run.status}; there is nothing to resume.")
        self._update(run_id, status="queued", owner=None, request=None, message="")

    def prioritise(self, run_id: str) -> None:
        """Move a queued run to the front."""
        top = max((run.priority for run in self.runs() if run.status == "queued"), default=0)
        self._update(run_id, priority=top + 1)

    def request(self, run_id: str, request: Request | None) -> None:
        """Ask whichever process trains the run to pause or stop; None lets a paused one go on.

        A run that only waits in the queue stops at once.
        """
        run = self.get(run_id)
        if run.status == "queued" and request == "stop":
            self._update(run_id, status="stopped", message="Taken from the queue.")
        elif run.status in ("running", "paused"):
            self._update(run_id, request=request)

    def requested(self, run_id: str) -> Request | None:
        return self._database.rows("SELECT request FROM runs WHERE id = ?", run_id)[0]["request"]

    # What happens to a run

    def set_status(self, run_id: str, status: Status, message: str = "") -> None:
        self._update(run_id, status=status, message=message)
        self.log(run_id, message or status)

    def update(self, run_id: str, **fields: object) -> None:
        """Set columns that describe the run's course (see schema.sql)."""
        self._update(run_id, **fields)

    def log(self, run_id: str, text: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("INSERT INTO events VALUES (?, ?, ?)", (run_id, time.time(), text))

    def history(self, run_id: str) -> list[tuple[float, str]]:
        """What happened to the run: (seconds since 1970, sentence), oldest first."""
        rows = self._database.rows(
            "SELECT time, text FROM events WHERE run = ? ORDER BY time", run_id
        )
        return [(row["time"], row["text"]) for row in rows]

    def _take(self, connection: sqlite3.Connection, run_id: str) -> None:
        connection.execute(
            "UPDATE runs SET status = 'running', request = NULL, message = '', owner = ?,"
            " changed = ? WHERE id = ?",
            (this_process(), time.time(), run_id),
        )

    def _update(self, run_id: str, **fields: object) -> None:
        assignments = ", ".join(f"{name} = ?" for name in fields)
        with self._database.transaction() as connection:
            changed = connection.execute(
                f"UPDATE runs SET {assignments}, changed = ? WHERE id = ?",
                (*fields.values(), time.time(), run_id),
            )
        if changed.rowcount == 0:
            raise ConvscopeError(f"There is no run '{run_id[:40]}'; it may have been deleted.")
