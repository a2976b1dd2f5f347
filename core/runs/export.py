"""A run for other programs: its epochs as CSV, or everything in a zip."""

import io
import json
import zipfile

from core.runs.store import RunStore


def run_as_csv(store: RunStore, run_id: str) -> bytes:
    """One line an epoch, with the columns of `EpochEnded`."""
    return store.metrics.epochs(run_id).to_csv(index=False).encode()


def run_as_zip(store: RunStore, run_id: str) -> bytes:
    """recipe.toml, run.json, epochs.csv, steps.csv, and the checkpoint with its stored logits."""
    run = store.get(run_id)
    facts = {
        "id": run.id,
        "name": run.name,
        "status": run.status,
        "machine": run.machine,
        "precision": run.precision,
        "parameters": run.parameters,
        "training_seconds": run.seconds,
        "accuracies": run.accuracies,
        "best_epoch": run.best_epoch,
        "notes": run.notes,
        "tags": run.tags,
        "history": store.history(run_id),
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        archive.writestr("recipe.toml", run.recipe.to_toml())
        archive.writestr("run.json", json.dumps(facts, indent=2))
        archive.writestr("epochs.csv", store.metrics.epochs(run_id).to_csv(index=False))
        archive.writestr("steps.csv", store.metrics.steps(run_id).to_csv(index=False))
        for path in sorted(store.files(run_id).glob("best*.safetensors")):
            archive.write(path, path.name, zipfile.ZIP_STORED)
    return content.getvalue()
