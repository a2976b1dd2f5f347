"""The run store: every run's recipe, status and metrics in SQLite, its files in a folder beside.

All that a page shows is read back from here, so a refresh, a second tab and a restarted server
show the same picture. Several processes may use one store at once: each change of a run's status is
one statement that says from which status it may start, and whoever trains a run holds its lock.
"""

import json
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from core.errors import ConvscopeError
from core.files import home
from core.recipe import Recipe
from core.runs.database import Database
from core.runs.locks import Locks
from core.runs.metrics import Metrics
from core.runs.run import LIVE, TRAINING, Request, Run, Status, run_from_row, this_process
from core.runs.tasks import Tasks

DAY = 86_400.0  # seconds
MOST_NOTES = 20_000  # characters
MOST_TAGS, LONGEST_TAG = 50, 80

# From which stored statuses a run may come into each. What a killed process left as running or
# paused becomes interrupted as soon as somebody has to act on it (see `_settle`).
COMES_FROM: dict[Status, tuple[Status, ...]] = {
    "queued": ("stopped", "interrupted", "failed"),
    "running": ("queued", "stopped", "interrupted", "failed", "paused", "running"),
    "paused": ("running", "paused"),
    "stopped": ("queued", "running", "paused"),
    "finished": ("running",),
    "failed": ("running", "paused"),
    "interrupted": ("running", "paused"),
}


class RunStore:
    """Raises ConvscopeError, in one sentence, for a run that isn't there and a store that cannot
    be read or written."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or home()
        self._database = Database(self.folder / "runs.sqlite")
        self._session = secrets.token_hex(8)  # what it deletes, it may purge
        self._locks = Locks(self.folder / "runs")
        self.metrics = Metrics(self._database)
        self.tasks = Tasks(self._database, self.folder / "tasks")

    def is_full(self) -> bool:
        """Whether its disk takes nothing more."""
        return self._database.is_full()

    def patience(self, seconds: float) -> AbstractContextManager[None]:
        """Within it, give up sooner where another process keeps the store to itself."""
        return self._database.patience(seconds)

    # Runs

    def create(self, recipe: Recipe, priority: int = 0, claimed: bool = False) -> str:
        """Queue a new run and return its id. Higher priorities are trained first.

        `claimed`: this process trains it itself, so it never waits in the queue.
        """
        run_id = secrets.token_hex(4)
        now = time.time()
        status, owner = ("running", this_process()) if claimed else ("queued", None)
        if claimed:
            self._locks.take(run_id)
        self._database.change(
            "INSERT INTO runs (id, name, recipe, status, owner, priority, created, changed)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(run_id, recipe.name, recipe.to_json(), status, owner, priority, now, now),
        )
        return run_id

    def get(self, run_id: str) -> Run:
        rows = self._database.rows("SELECT * FROM runs WHERE id = ?", run_id)
        if not rows:
            raise ConvscopeError(f"There is no run '{run_id[:40]}'; it may have been deleted.")
        return self._run(rows[0])

    def runs(self, deleted: bool = False) -> list[Run]:
        """All that can be read, newest first; or those deleted but not yet gone."""
        rows = self._database.rows(
            "SELECT * FROM runs WHERE deleted = ? ORDER BY created DESC", int(deleted)
        )
        return list(self._readable(rows))

    def count(self) -> int:
        """How many runs there are, those included that cannot be read."""
        return self._database.rows("SELECT count(*) FROM runs WHERE NOT deleted")[0][0]

    def live(self) -> list[Run]:
        """Runs that wait, train or pause, newest first."""
        rows = self._database.rows(
            f"SELECT * FROM runs WHERE status IN {_listed(LIVE)} AND NOT deleted"
            " ORDER BY created DESC"
        )
        return [run for run in self._readable(rows) if run.live]

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
        return self._run(rows[0])

    def rename(self, run_id: str, name: str) -> None:
        """Change the display name; Recipe's rules for names hold."""
        self.describe(run_id, name=name)

    def describe(
        self,
        run_id: str,
        name: str | None = None,
        notes: str | None = None,
        tags: Iterable[str] | None = None,
    ) -> None:
        """Change what is given, or nothing where something of it cannot be taken: Recipe's rules
        for names hold, and notes and tags must be short enough to be read by people."""
        fields: dict[str, str] = {}
        if name is not None:
            recipe = Recipe.parse(self.get(run_id).recipe.model_dump() | {"name": name})
            fields |= {"name": recipe.name, "recipe": recipe.to_json()}
        if notes is not None:
            if len(notes) > MOST_NOTES:
                raise ConvscopeError(f"Notes must not be longer than {MOST_NOTES:,} characters.")
            fields["notes"] = notes
        if tags is not None:
            cleaned = sorted({tag.strip() for tag in tags if tag.strip()})
            if len(cleaned) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in cleaned):
                raise ConvscopeError(
                    f"A run takes {MOST_TAGS} tags of up to {LONGEST_TAG} characters; use the "
                    "notes."
                )
            fields["tags"] = json.dumps(cleaned, ensure_ascii=False)
        self.update(run_id, **fields)

    def delete(self, run_id: str) -> None:
        """Hide a run; `restore` brings it back until it is purged. A run in training must be
        stopped first."""
        with suppress(ConvscopeError):  # also one whose row is damaged can go
            self._settle(run_id)
        hidden = self._database.change(
            "UPDATE runs SET deleted = 1, deleted_at = ?, deleted_by = ?"
            f" WHERE id = ? AND deleted < 2 AND status NOT IN {_listed(TRAINING)}",
            *(time.time(), self._session, run_id),
        )
        if not hidden:
            run = self.get(run_id)
            raise ConvscopeError(f"'{run.name}' is {run.status}; stop it before deleting it.")

    def restore(self, run_id: str) -> None:
        if not self._database.change(
            "UPDATE runs SET deleted = 0 WHERE id = ? AND deleted < 2", run_id
        ):
            raise ConvscopeError(f"The run '{run_id[:40]}' has already been removed for good.")

    def purge(self, run_id: str | None = None) -> None:
        """Remove for good what was deleted through this object, or more than a day ago; with
        `run_id`, only that run. What somebody brought back meanwhile stays.

        With it goes what finished runs need no more, where a crash has left it.
        """
        self._database.change(
            "UPDATE runs SET deleted = 2 WHERE deleted = 1 AND id = coalesce(?, id)"
            " AND (deleted_by = ? OR deleted_at < ?)",
            *(run_id, self._session, time.time() - DAY),
        )
        # From here on nobody can restore them; what a crash leaves half removed, the next purge
        # finds again.
        for row in self._database.rows("SELECT id FROM runs WHERE deleted = 2"):
            shutil.rmtree(self.files(row["id"]), ignore_errors=True)
            self._locks.remove(row["id"])
            self._database.change("DELETE FROM runs WHERE id = ?", row["id"])
        for row in self._database.rows("SELECT id FROM runs WHERE status = 'finished'"):
            with suppress(OSError):
                self.state_path(row["id"]).unlink()

    # Files

    def files(self, run_id: str) -> Path:
        return self.folder / "runs" / run_id

    def best_path(self, run_id: str) -> Path:
        """The checkpoint with the best weights by validation."""
        return self.files(run_id) / "best.safetensors"

    def state_path(self, run_id: str) -> Path:
        """What is needed to go on; there until the run is finished."""
        return self.files(run_id) / "state.safetensors"

    # The queue

    def waiting(self, device: str) -> bool:
        """Whether a run waits that a device of this kind ('cpu', 'cuda', 'mps') may train."""
        return any(self._readable(self._queue(device)))

    def claim_next(self, device: str) -> Run | None:
        """Take the queued run of highest priority, oldest first, for this process; or None.

        Of those that a device of this kind may train: a run keeps to the kind that it began on.
        """
        for run in self._readable(self._queue(device)):
            with suppress(ConvscopeError):  # another process was quicker, or it has just gone
                return self.claim(run.id, "queued")
        return None

    def claim(self, run_id: str, *of: Status) -> Run:
        """Take one run for this process until `release`; `of`: the statuses that it may have, else
        all that can go on. Raises ConvscopeError when another process has it."""
        run = self.get(run_id)
        if not self._locks.take(run_id):
            raise ConvscopeError(f"'{run.name}' is already in training, by {run.owner}.")
        try:
            if not self._database.change(
                "UPDATE runs SET status = 'running', request = NULL, message = '', owner = ?,"
                " changed = ? WHERE id = ? AND NOT deleted"
                f" AND status IN {_listed(of or COMES_FROM['running'])}",
                *(this_process(), time.time(), run_id),
            ):
                run = self.get(run_id)
                raise ConvscopeError(f"'{run.name}' is {run.status}; there is nothing to train.")
            return self.get(run_id)
        except BaseException:
            self._locks.release(run_id)
            raise

    def release(self, run_id: str) -> None:
        """Let go of a run that was claimed through this object."""
        self._locks.release(run_id)

    def requeue(self, run_id: str) -> None:
        """Let a stopped, interrupted or failed run go on when its turn comes."""
        self._settle(run_id)
        if not self._move(run_id, "queued", "", owner=None, request=None):
            run = self.get(run_id)
            raise ConvscopeError(f"'{run.name}' is {run.status}; there is nothing to resume.")

    def prioritise(self, run_id: str) -> None:
        """Move a queued run to the front."""
        self._database.change(
            "UPDATE runs SET priority = 1 + (SELECT max(priority) FROM runs"
            " WHERE status = 'queued' AND NOT deleted)"
            " WHERE id = ? AND status = 'queued' AND NOT deleted",
            run_id,
        )

    def request(self, run_id: str, request: Request | None) -> None:
        """Ask whichever process trains the run to pause or stop; None lets a paused one go on.

        A run that only waits in the queue stops at once. A stop is never taken back. Raises
        ConvscopeError when there is nothing to ask any more.
        """
        if request == "stop" and self._move(
            run_id, "stopped", "Taken from the queue.", of=("queued",)
        ):
            return
        asked = self._database.change(
            "UPDATE runs SET request = CASE request WHEN 'stop' THEN 'stop' ELSE ? END"
            f" WHERE id = ? AND status IN {_listed(TRAINING)}",
            *(request, run_id),
        )
        run = self.get(run_id)  # which may have obeyed by now
        if not asked or run.status == "interrupted":
            raise ConvscopeError(f"'{run.name}' is {run.status}, so it is not training.")

    def requested(self, run_id: str) -> Request | None:
        """What somebody asks of a run; nothing of one that is gone."""
        rows = self._database.rows("SELECT request FROM runs WHERE id = ?", run_id)
        return rows[0]["request"] if rows else None

    # What happens to a run

    def set_status(self, run_id: str, status: Status, message: str = "") -> None:
        """For the process that has claimed the run. Raises ConvscopeError where the status that
        it has does not lead there."""
        if not self._move(run_id, status, message):
            run = self.get(run_id)
            raise ConvscopeError(f"'{run.name}' is {run.status} and cannot become {status}.")

    def interrupt(self, owner: str, message: str) -> None:
        """Say why the runs ended that `owner`, a process that is gone, had in training."""
        for row in self._database.rows(
            f"SELECT id FROM runs WHERE owner = ? AND status IN {_listed(TRAINING)}", owner
        ):
            with suppress(ConvscopeError):  # a row that cannot be read keeps no other from it
                self._settle(row["id"], message)

    def tell_waiting(self, device: str, message: str) -> None:
        """Say why the runs that wait for a device of this kind go on waiting."""
        self._database.change(
            "UPDATE runs SET message = ? WHERE status = 'queued' AND device IN ('', ?)",
            *(message, device),
        )

    def update(self, run_id: str, **fields: object) -> None:
        """Set columns that describe the run (see migrations). A waiting one keeps its place."""
        assignments = ", ".join(f"{name} = ?" for name in fields)
        if not self._database.change(
            f"UPDATE runs SET {assignments},"
            " changed = CASE status WHEN 'queued' THEN changed ELSE ? END WHERE id = ?",
            *(*fields.values(), time.time(), run_id),
        ):
            raise ConvscopeError(f"There is no run '{run_id[:40]}'; it may have been deleted.")

    def log(self, run_id: str, text: str) -> None:
        self._database.change("INSERT INTO events VALUES (?, ?, ?)", run_id, time.time(), text)

    def history(self, run_id: str) -> list[tuple[float, str]]:
        """What happened to the run: (seconds since 1970, sentence), oldest first."""
        rows = self._database.rows(
            "SELECT time, text FROM events WHERE run = ? ORDER BY time", run_id
        )
        return [(row["time"], row["text"]) for row in rows]

    # Rows

    def _run(self, row: sqlite3.Row) -> Run:
        taken = self._is_at_work(row)
        if row["status"] in TRAINING and not taken:  # unless its end was stored since it was read
            rows = self._database.rows("SELECT * FROM runs WHERE id = ?", row["id"])
            row = rows[0] if rows else row
            taken = self._is_at_work(row)
        return run_from_row(row, taken)

    def _is_at_work(self, row: sqlite3.Row) -> bool:
        return row["status"] in TRAINING and self._locks.is_taken(row["id"])

    def _readable(self, rows: Iterable[sqlite3.Row]) -> Iterator[Run]:
        """Without the rows that are damaged or another version's: they hide no other run."""
        for row in rows:
            with suppress(ConvscopeError):
                yield self._run(row)

    def _queue(self, device: str) -> list[sqlite3.Row]:
        return self._database.rows(
            "SELECT * FROM runs WHERE status = 'queued' AND NOT deleted AND device IN ('', ?)"
            " ORDER BY priority DESC, changed",
            device,
        )

    def _move(
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
                f" WHERE id = ? AND NOT deleted AND status IN {_listed(of or COMES_FROM[status])}",
                (*fields.values(), run_id),
            ).rowcount
            if moved:
                values = (run_id, time.time(), message or status)
                connection.execute("INSERT INTO events VALUES (?, ?, ?)", values)
        return bool(moved)

    def _settle(self, run_id: str, message: str = "") -> None:
        """Call a run interrupted whose process is gone, before something else is made of it."""
        run = self.get(run_id)
        if run.status == "interrupted":
            with self._locks.holding(run_id) as free:
                if free:
                    self._move(run_id, "interrupted", message or run.message)


def _listed(statuses: Iterable[Status]) -> str:
    return "(" + ", ".join(f"'{status}'" for status in statuses) + ")"
