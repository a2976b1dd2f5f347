"""The SQLite file behind the run store: one connection a thread, whole transactions."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ConvscopeError

SCHEMA = Path(__file__).with_name("schema.sql")
BUSY_SECONDS = 20.0


class Database:
    """Write-ahead logging lets pages read while a training thread writes.

    Raises ConvscopeError when the folder or the file cannot be used, and when the disk is full.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConvscopeError(f"The folder {path.parent} cannot be made or used.") from error
        with self.transaction() as connection:
            for statement in SCHEMA.read_text().split(";"):
                connection.execute(statement)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All statements inside take effect together, or none does."""
        try:
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()
        except sqlite3.Error as error:
            raise ConvscopeError(self._explain(error)) from error

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        try:
            return self._connection().execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise ConvscopeError(self._explain(error)) from error

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            self._local.connection = connection
        return connection

    def _explain(self, error: sqlite3.Error) -> str:
        if "full" in str(error):
            return (
                "The disk is full, so nothing more can be stored; what was stored before is "
                f"unharmed. Free some space on the disk of {self.path.parent} and try again."
            )
        if "malformed" in str(error) or "not a database" in str(error):
            return (
                f"The run store {self.path} is damaged. Move it away to begin a new one; the "
                "checkpoints beside it are still good."
            )
        return f"The run store {self.path} cannot be used just now ({error})."
