"""What a run's losses were, to be held against those of the same run here."""

import torch

from core.jobs import execute
from core.recipe import Recipe
from core.runs.store import RunStore
from core.training import Control


def losses(store: RunStore, run_id: str) -> list[float]:
    """Of every step, then of validation after every epoch."""
    steps, epochs = store.metrics.steps(run_id), store.metrics.epochs(run_id)
    return [*steps["loss"], *epochs["validation_loss"]]


def losses_here(store: RunStore, recipe: Recipe) -> list[float]:
    """The same recipe trained in this process."""
    run = store.get(store.create(recipe, claimed=True))
    for _ in execute(store, run, Control(), torch.device("cpu")):
        pass
    return losses(store, run.id)
