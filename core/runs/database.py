"""The SQLite file behind the run store: one connection a thread, whole transactions, versions."""

import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from core.errors import ConvscopeError, StorageError
from core.files import atomic_path

MIGRATIONS = sorted(Path(__file__).with_name("migrations").glob("*.sql"))
"""Each takes a store from the version before to the next; a store's version is how many it had."""
BUSY_SECONDS = 20.0  # to wait for another process's transaction
LEAST_FREE = 2**16  # bytes; SQLite calls a disk with less an I/O error


class Database:
    """Write-ahead logging lets pages read while a training process writes.

    Raises StorageError while the file cannot be read or written (full, locked, read-only), and
    ConvscopeError when it is damaged or was made by a later version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConvscopeError(
                f"The folder {path.parent} cannot be made or used; name another in CONVSCOPE_HOME."
            ) from error
        if self._version() < len(MIGRATIONS):
            self._migrate()

    def close(self) -> None:
        """Let go of this thread's connection; the next use opens another. Whatever Python throws
        away by itself may swallow a Ctrl-C, so this comes before work that takes long."""
        if connection := self._local.__dict__.pop("connection", None):
            connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All statements inside take effect together, or none does."""
        with self._explaining():
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    def change(self, statement: str, *values: object) -> int:
        """One statement by itself; how many rows it changed."""
        with self.transaction() as connection:
            return connection.execute(statement, values).rowcount

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        with self._explaining():
            try:
                return self._connection().execute(query, values).fetchall()
            except sqlite3.OperationalError as error:
                if not _is_forbidden(error) or not self.path.is_file():
                    raise
                with closing(self._for_reading()) as connection:
                    return connection.execute(query, values).fetchall()

    @contextmanager
    def patience(self, seconds: float) -> Iterator[None]:
        """Wait no longer than this for other processes' transactions, in this thread."""
        self._wait(seconds)
        try:
            yield
        finally:
            self._wait(BUSY_SECONDS)

    def _wait(self, seconds: float) -> None:
        self.rows(f"PRAGMA busy_timeout = {round(1000 * seconds)}")

    def _version(self) -> int:
        """The store's version. Raises ConvscopeError for one that only a later program knows."""
        version = self.rows("PRAGMA user_version")[0][0]
        if version > len(MIGRATIONS):
            raise ConvscopeError(
                f"The run store {self.path} was made by a later version of Convscope (it has "
                f"version {version}, this one knows {len(MIGRATIONS)}). Update Convscope, or name "
                "another folder in CONVSCOPE_HOME."
            )
        return version

    def _migrate(self) -> None:
        """Bring the store to the present version, after a copy of it as it was."""
        with self.transaction() as connection:
            version = self._version()  # another process may have been quicker
            if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                self._back_up(version)
            for migration in MIGRATIONS[version:]:
                for statement in migration.read_text().split(";"):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    def _back_up(self, version: int) -> None:
        copy = self.path.with_name(f"{self.path.stem}-version-{version}{self.path.suffix}")
        with (
            atomic_path(copy) as temporary,
            closing(sqlite3.connect(self.path)) as source,
            closing(sqlite3.connect(temporary)) as target,
        ):
            source.backup(target)

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = _connected(self.path)
            _begin_logging_ahead(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            self._local.connection = connection
        return connection

    def _for_reading(self) -> sqlite3.Connection:
        """Where nothing may be written: SQLite takes a store whose log was not written back only
        with that, and one that was only if told that nobody changes it meanwhile."""
        log = self.path.with_name(f"{self.path.name}-wal")
        return _connected(
            f"{self.path.absolute().as_uri()}?mode=ro{'' if log.exists() else '&immutable=1'}"
        )

    def is_full(self) -> bool:
        try:
            return shutil.disk_usage(self.path.parent).free < LEAST_FREE
        except OSError:
            return False

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._explained(error) from error
        except UnicodeEncodeError as error:
            raise ConvscopeError(
                "The run store holds text in UTF-8, and what was given is none; use other "
                "characters."
            ) from error

    def _explained(self, error: sqlite3.Error) -> ConvscopeError:
        """What went wrong in terms of disk and files, whatever SQLite calls it."""
        folder, name = self.path.parent, getattr(error, "sqlite_errorname", "")
        if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            return ConvscopeError(
                f"The run store {self.path} is damaged. Move it away to begin a new one; the "
                "checkpoints beside it are still good."
            )
        if name == "SQLITE_FULL" or self.is_full():
            return StorageError(
                "The disk is full, so nothing more can be stored; what was stored before is "
                f"unharmed. Free some space on the disk of {folder} and try again."
            )
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return StorageError(
                f"Another program has kept {self.path} to itself for a while (a backup, or a "
                "database browser). Close it, or try again when it is done."
            )
        if _is_forbidden(error):
            return StorageError(
                f"The folder {folder} may only be read, so nothing can be stored in it. Name "
                "another folder in CONVSCOPE_HOME, or make this one writable."
            )
        if name.startswith("SQLITE_IOERR"):
            return StorageError(f"The disk of {folder} cannot be read or written now ({error}).")
        return ConvscopeError(f"The run store {self.path} cannot take this ({error}).")


class _Connection(sqlite3.Connection):
    """Ends with the thread that it was made for, or with the store, whichever is first; Python
    warns of connections that nobody closes."""

    def __del__(self) -> None:
        with suppress(sqlite3.Error):  # of one that could not even be opened
            self.close()


def _connected(address: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        address,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        uri=isinstance(address, str),
        factory=_Connection,
        check_same_thread=False,  # as the last to let go of a store may be another thread
    )
    connection.row_factory = sqlite3.Row
    connection.text_factory = _text
    return connection


def _is_forbidden(error: sqlite3.Error) -> bool:
    name = getattr(error, "sqlite_errorname", "")
    return name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM"))


def _text(stored: bytes) -> str:
    """Also where another program has stored bytes that are no text: they hide no other row."""
    return stored.decode(errors="replace")


def _begin_logging_ahead(connection: sqlite3.Connection) -> None:
    """SQLite answers at once, without its usual wait, when two processes ask for this together."""
    limit = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > limit:
                raise
            time.sleep(0.01)
