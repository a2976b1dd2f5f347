"""What is taken along of a run."""

import os
import zipfile
from io import BytesIO

from core.recipe import Recipe
from core.runs.checkpoint import (
    Checkpoint,
    save_checkpoint,
)
from core.runs.events import EpochEnded
from core.runs.export import run_as_csv, run_as_zip
from core.runs.store import RunStore


def test_a_run_is_exported_with_everything(
    store: RunStore, tiny_recipe: Recipe, checkpoint: Checkpoint
) -> None:
    run_id = store.create(tiny_recipe)
    store.metrics.add_epoch(run_id, EpochEnded(1, 1.5, 0.5, 1.25, 0.25, 0.1, 9.0, 2.0, best=True))
    save_checkpoint(store.best_path(run_id), checkpoint)
    header, row = run_as_csv(store, run_id).decode().splitlines()
    assert dict(zip(header.split(","), row.split(","), strict=True))["validation_loss"] == "1.25"
    os.utime(store.best_path(run_id), (0, 0))  # as some copies have it; zip begins in 1980
    with zipfile.ZipFile(BytesIO(run_as_zip(store, run_id))) as archive:
        assert set(archive.namelist()) == {
            "recipe.toml",
            "run.json",
            "epochs.csv",
            "steps.csv",
            "best.safetensors",
        }
        assert Recipe.from_toml(archive.read("recipe.toml").decode()) == tiny_recipe
