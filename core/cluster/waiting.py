"""A worker whose arithmetic a cluster does: it trains there what waits in the store."""

import time
from contextlib import suppress

from core.cluster.named import cluster_named
from core.cluster.place import Cluster
from core.errors import ConvscopeError, StorageError
from core.runs.store import RunStore
from core.training import Control

LOOK_SECONDS = 0.2  # between two looks at the queue


def train_waiting(store: RunStore, on: str, control: Control) -> bool:
    """Train what waits, as much at once as there is room for, until nothing waits and nothing is
    under way; whether there was any. Where the control stops it, what is under way is saved.

    Raises ConvscopeError where the cluster cannot be used, and tells that to those who wait.
    """
    if not store.waiting():
        return False
    try:
        with cluster_named(store, on) as cluster:
            while not control.stopping and (cluster.going or store.waiting()):
                cluster.poll()
                _fill(cluster, store)
                time.sleep(LOOK_SECONDS)
    except ConvscopeError as error:
        store.tell_waiting(None, str(error))
        raise
    return True


def _fill(cluster: Cluster, store: RunStore) -> None:
    with suppress(StorageError):  # there is another look soon
        while cluster.going < cluster.slots and (run := store.claim_next()) is not None:
            cluster.train(run)
