"""The run store: every run's recipe, status and metrics in SQLite, its files in a folder beside.

All that a page shows is read back from here, so a refresh, a second tab and a restarted server
show the same picture. Several processes may use one store at once: each change of a run's status is
one statement that says from which status it may start, and whoever trains a run holds its lock.
"""

import secrets
import shutil
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from core.errors import ConvscopeError
from core.files import home
from core.recipe import Recipe
from core.runs.database import Database
from core.runs.description import description
from core.runs.judgements import Judgements
from core.runs.listing import Listing
from core.runs.locks import Locks
from core.runs.metrics import Metrics
from core.runs.rows import Rows, listed
from core.runs.run import COMES_FROM, LIVE, TRAINING, Request, Run, Status, this_process
from core.runs.several import TAKEN, Several
from core.runs.studies import Studies
from core.runs.study_figures import StudyFigures
from core.runs.tasks import Tasks
from core.runs.trials import Trials

DAY = 86_400.0  # seconds


class RunStore:
    """Raises ConvscopeError, in one sentence, for a run that isn't there and a store that cannot
    be read or written."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or home()
        self._database = Database(self.folder / "runs.sqlite")
        self._session = secrets.token_hex(8)  # what it deletes, it may purge
        self._locks = Locks(self.folder / "runs")
        self._rows = Rows(self._database, self._locks)
        self.listing = Listing(self._database, self._rows)
        self.several = Several(self._database, self._rows, self._session)
        self.metrics = Metrics(self._database)
        self.tasks = Tasks(self._database, self.folder / "tasks")
        self.judgements = Judgements(self._database)
        self.studies = Studies(self._database, self.folder / "studies")
        self.trials = Trials(self._database)
        self.study_figures = StudyFigures(self._database)

    def close(self) -> None:
        """As far as this thread has it open; the next use opens it anew."""
        self._database.close()

    def is_full(self) -> bool:
        """Whether its disk takes nothing more."""
        return self._database.is_full()

    def patience(self, seconds: float) -> AbstractContextManager[None]:
        """Within it, give up sooner where another process keeps the store to itself."""
        return self._database.patience(seconds)

    # Runs

    def create(
        self, recipe: Recipe, priority: int = 0, claimed: bool = False, run_id: str | None = None
    ) -> str:
        """Queue a new run and return its id. Higher priorities are trained first.

        `claimed`: this process trains it itself, so it never waits in the queue.
        `run_id`: an id that was planned for it, else a new one.
        """
        run_id = run_id or secrets.token_hex(4)
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
        return self._rows.get(run_id)

    def has(self, run_id: str) -> bool:
        return bool(self._database.rows("SELECT 1 FROM runs WHERE id = ?", run_id))

    def runs(self, deleted: bool = False) -> list[Run]:
        """All that can be read, newest first; or those deleted but not yet gone."""
        return list(self._rows.where("deleted = ? ORDER BY created DESC", int(deleted)))

    def count(self) -> int:
        """How many runs there are, those included that cannot be read."""
        return self._database.rows("SELECT count(*) FROM runs WHERE NOT deleted")[0][0]

    def live(self) -> list[Run]:
        """Runs that wait, train or pause, newest first."""
        stored = self._rows.where(f"status IN {listed(LIVE)} AND NOT deleted ORDER BY created DESC")
        return [run for run in stored if run.live]

    def number(self, run_id: str) -> int:
        """Its number in the order of creation, which stays whatever else is deleted."""
        rows = self._database.rows("SELECT rowid AS number FROM runs WHERE id = ?", run_id)
        return rows[0]["number"] if rows else 0

    def newest(self) -> str | None:
        """The id of the run made last, or None when there is none."""
        rows = self._database.rows(
            "SELECT id FROM runs WHERE NOT deleted ORDER BY created DESC LIMIT 1"
        )
        return rows[0]["id"] if rows else None

    def find(self, name: str) -> Run:
        """A run by id, else the newest one with that name."""
        rows = self._database.rows(
            "SELECT id FROM runs WHERE NOT deleted AND ? IN (id, name)"
            " ORDER BY id = ? DESC, created DESC LIMIT 1",
            name,
            name,
        )
        if not rows:
            raise ConvscopeError(
                f"There is no run called '{name[:80]}'. `python -m core runs` lists them all."
            )
        return self.get(rows[0]["id"])

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
        """Change what is given, or nothing where something of it cannot be taken (see
        `description`)."""
        self.update(run_id, **description(self.get(run_id).recipe, name, notes, tags))

    def delete(self, run_id: str) -> None:
        """Hide a run; `restore` brings it back until it is purged. A run in training must be
        stopped first."""
        if not self.several.delete([run_id]):
            run = self.get(run_id)
            raise ConvscopeError(f"'{run.name}' is {run.status}; stop it before deleting it.")

    def restore(self, run_id: str) -> None:
        if not self.several.restore([run_id]):
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

    def waiting(self, device: str | None = None) -> bool:
        """Whether a run waits that a device of this kind ('cpu', 'cuda', 'mps', else any) may
        train."""
        return any(self._rows.queued(device))

    def claim_next(self, device: str | None = None) -> Run | None:
        """Take the queued run of highest priority, oldest first, for this process; or None.

        Of those that a device of this kind, or of any, may train: a run keeps to the kind that it
        began on.
        """
        for run in self._rows.queued(device):
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
                f" AND status IN {listed(of or COMES_FROM['running'])}",
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
        self._rows.settle(run_id)
        if not self._rows.move(run_id, "queued", "", owner=None, request=None):
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
        if request == "stop" and self._rows.move(run_id, "stopped", TAKEN, of=("queued",)):
            return
        asked = self._database.change(
            "UPDATE runs SET request = CASE request WHEN 'stop' THEN 'stop' ELSE ? END"
            f" WHERE id = ? AND status IN {listed(TRAINING)}",
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
        if not self._rows.move(run_id, status, message):
            run = self.get(run_id)
            raise ConvscopeError(f"'{run.name}' is {run.status} and cannot become {status}.")

    def interrupt(self, owner: str, message: str) -> None:
        """Say why the runs ended that `owner`, a process that is gone, had in training."""
        for row in self._database.rows(
            f"SELECT id FROM runs WHERE owner = ? AND status IN {listed(TRAINING)}", owner
        ):
            with suppress(ConvscopeError):  # a row that cannot be read keeps no other from it
                self._rows.settle(row["id"], message)

    def tell_waiting(self, device: str | None, message: str) -> None:
        """Say why the runs that wait for a device of this kind, or of any, go on waiting."""
        self._database.change(
            "UPDATE runs SET message = ?"
            " WHERE status = 'queued' AND device IN ('', ifnull(?, device))",
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
