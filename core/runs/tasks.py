"""Long computations that pages ask for, as rows of the store: what waits, what is under way."""

import json
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.runs.database import Database
from core.runs.locks import Locks
from core.runs.run import this_process

TaskStatus = Literal["queued", "running", "stopped", "failed"]
GONE = "Its process ended before it was done; try again."


@dataclass(frozen=True)
class Task:
    """key: names the result by all that it is made from; work: what is to be made
    progress: 0 to 1; started: seconds since 1970, 0 while it waits
    stopping: somebody asked for its end, and whoever is at work on it has not heard of it yet
    """

    key: str
    work: dict[str, Any]
    status: TaskStatus
    progress: float
    message: str
    started: float
    stopping: bool

    @property
    def live(self) -> bool:
        return self.status in ("queued", "running")

    @property
    def seconds_left(self) -> float | None:
        """Expected; None before the first word of progress."""
        if not self.progress:
            return None
        return (time.time() - self.started) / self.progress * (1 - self.progress)


class Tasks:
    """A task that is done has no row any more: its result, kept by its maker, is the evidence."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._locks = Locks(folder)

    def patience(self, seconds: float) -> AbstractContextManager[None]:
        """Within it, give up sooner where another process keeps the store to itself."""
        return self._database.patience(seconds)

    def ask(self, key: str, work: dict[str, Any]) -> None:
        """Queue a task; once, however often it is asked for. One that is just being stopped goes
        on; one that failed is tried as it is asked for now, perhaps from another file."""
        self.get(key)  # notices a dead process
        self._database.change(
            "INSERT INTO tasks (key, work, status, created) VALUES (?, ?, 'queued', ?)"
            " ON CONFLICT (key) DO UPDATE SET request = NULL, message = '',"
            " work = CASE status WHEN 'running' THEN work ELSE excluded.work END,"
            " status = CASE status WHEN 'running' THEN 'running' ELSE 'queued' END,"
            " progress = CASE status WHEN 'running' THEN progress ELSE 0 END"
            " WHERE status IN ('stopped', 'failed') OR request IS NOT NULL",
            *(key, json.dumps(work), time.time()),
        )

    def get(self, key: str) -> Task | None:
        """None when it was never asked for, or is done."""
        rows = self._database.rows("SELECT * FROM tasks WHERE key = ?", key)
        if not rows:
            return None
        row = rows[0]
        if row["status"] == "running" and not self._locks.is_taken(key):
            self._database.change(
                "UPDATE tasks SET status = 'failed', message = ? WHERE key = ? AND owner = ?"
                " AND status = 'running'",
                *(GONE, key, row["owner"]),
            )
            return self.get(key)
        told = {name: row[name] for name in ("status", "progress", "message")}
        stopping = row["status"] == "running" and row["request"] is not None
        started = row["started"] or 0.0
        return Task(key, json.loads(row["work"]), **told, started=started, stopping=stopping)

    def before(self, key: str) -> tuple[Task | None, int]:
        """Of what a task waits for: the one under way, if any, and how many wait in front of it."""
        running = self._database.rows("SELECT key FROM tasks WHERE status = 'running'")
        tasks = (self.get(row["key"]) for row in running)
        under_way = next((task for task in tasks if task and task.status == "running"), None)
        [row] = self._database.rows(
            "SELECT COUNT(*) AS count FROM tasks WHERE status = 'queued'"
            " AND created < (SELECT created FROM tasks WHERE key = ?)",
            key,
        )
        return under_way, row["count"]

    def waiting(self) -> bool:
        return bool(self._database.rows("SELECT 1 FROM tasks WHERE status = 'queued' LIMIT 1"))

    def claim_next(self) -> Task | None:
        """Take the oldest that waits for this process until `release`, or None."""
        for row in self._database.rows(
            "SELECT key FROM tasks WHERE status = 'queued' ORDER BY created"
        ):
            if task := self._claim(row["key"]):
                return task
        return None

    def _claim(self, key: str) -> Task | None:
        """Take one task that waits; None when somebody else has it."""
        if not self._locks.take(key):
            return None
        task = None
        try:
            if self._database.change(
                "UPDATE tasks SET status = 'running', request = NULL, message = '', owner = ?,"
                " started = ? WHERE key = ? AND status = 'queued'",
                *(this_process(), time.time(), key),
            ):
                task = self.get(key)
        finally:
            if task is None:
                self._locks.release(key)
        return task

    def progress(self, key: str, what: str, share: float) -> bool:
        """Say what of the task is under way and how far all is, 0 to 1; False when it is no longer
        wanted."""
        return bool(
            self._database.change(
                "UPDATE tasks SET message = ?, progress = ? WHERE key = ? AND request IS NULL",
                *(what, share, key),
            )
        )

    def stop(self, key: str) -> None:
        """Take a task from the queue, or ask whoever is at work on it to leave it."""
        self._database.change(
            "UPDATE tasks SET request = 'stop',"
            " status = CASE status WHEN 'queued' THEN 'stopped' ELSE status END WHERE key = ?",
            key,
        )

    def done(self, key: str) -> None:
        self._database.change("DELETE FROM tasks WHERE key = ?", key)

    def fail(self, key: str, message: str) -> None:
        self._database.change(
            "UPDATE tasks SET status = 'failed', message = ? WHERE key = ?", message, key
        )

    def break_off(self, key: str) -> None:
        """Leave a task half done: for good where somebody asked for that, else, as when its process
        must end, to whoever is next."""
        self._database.change(
            "UPDATE tasks SET progress = 0, message = '',"
            " status = CASE request WHEN 'stop' THEN 'stopped' ELSE 'queued' END WHERE key = ?",
            key,
        )

    def running(self) -> bool:
        """Whether one is under way somewhere."""
        rows = self._database.rows("SELECT key FROM tasks WHERE status = 'running'")
        return any(self._locks.is_taken(row["key"]) for row in rows)

    def tell_waiting(self, message: str) -> None:
        """Say why those that wait go on waiting."""
        self._database.change("UPDATE tasks SET message = ? WHERE status = 'queued'", message)

    def release(self, key: str) -> None:
        """Let go of a task that was claimed through this object."""
        self._locks.release(key)
