"""Another program that keeps the store to itself, as a backup or a database browser does."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from core.runs.store import RunStore


@contextmanager
def locked(store: RunStore) -> Iterator[sqlite3.Connection]:
    """Whoever writes has to wait meanwhile; a rollback of the connection lets go earlier."""
    other = sqlite3.connect(store.folder / "runs.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()
