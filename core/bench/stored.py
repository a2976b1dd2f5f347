"""Runs and metrics put straight into a store, as long training would have left them.

Each checkout fills its own store: `app/bench/storekeeper.py` asks another one's for this module.
"""

import math

from core.recipe import Data, Recipe, presets
from core.runs.events import Steps
from core.runs.store import RunStore

CHUNK = 10_000  # steps stored at once


def measured_recipe(epochs: int, images: int = 5_000) -> Recipe:
    """The small CIFAR-10 preset on so many drawn pictures, so that nothing must be downloaded."""
    data = Data(source="shapes", images=images)
    return presets()["cifar10-small"].model_copy(update={"data": data, "epochs": epochs})


def store_run(store: RunStore, steps: int) -> str:
    """A stopped run with so many steps; returns its id."""
    run_id = store.create(measured_recipe(epochs=1000), claimed=True)
    for first in range(0, steps, CHUNK):
        store.metrics.add_steps(run_id, _steps(first, min(CHUNK, steps - first)))
    store.update(run_id, total_steps=steps)
    store.set_status(run_id, "stopped")
    return run_id


def _steps(first: int, count: int) -> Steps:
    falling = [math.exp(-(first + step) / 1e5) for step in range(count)]
    return Steps(
        first=first,
        loss=[2.3 * value for value in falling],
        accuracy=[1 - 0.9 * value for value in falling],
        learning_rate=falling,
        gradient_norm=falling,
        images_per_second=1000.0,
        seconds=1.0,
    )
