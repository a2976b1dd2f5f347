"""A run's network as it ships: half the bytes, a card for people, and beside it its logits, its
map and what is familiar to it."""

import re
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from core.data import SplitName, load_dataset
from core.errors import ConvscopeError
from core.evaluation.logits import SplitLogits, logits_of, save_logits
from core.evaluation.maps import map_of, save_map
from core.evaluation.metrics import confusion_matrix, per_class, top_k_accuracy
from core.files import write_atomically
from core.prediction.reference import reference_if_possible, save_reference
from core.runs.checkpoint import Card, Checkpoint, load_checkpoint, save_checkpoint
from core.runs.networks import SHIPPED, card_path
from core.runs.run import Run
from core.runs.store import RunStore
from core.wording import duration

SPLITS: tuple[SplitName, ...] = ("validation", "test")  # the first for what must not see the second


def ship(store: RunStore, run: Run, name: str, folder: Path = SHIPPED) -> Path:
    """Write NAME.safetensors (float16), NAME.md, the logits of these weights on validation and test
    images, the map of the test images and what is familiar to the network to `folder`.

    Accuracy is measured again, as rounding the weights may change an answer. Raises ConvscopeError
    for a name that is not one of small letters, digits and hyphens, when the run isn't finished, or
    when the data it was trained on is not to be had.
    """
    if not re.fullmatch("[a-z0-9][a-z0-9-]{0,60}", name):
        raise ConvscopeError(
            f"'{name[:80]}' cannot be the name of a network that ships; use small letters, digits "
            "and hyphens."
        )
    if run.status != "finished":
        raise ConvscopeError(f"'{run.name}' is {run.status}; only a finished run can be shipped.")
    trained, data = load_checkpoint(store.best_path(run.id)), load_dataset(run.recipe.data)
    trained.card.ensure_trained_on(data)
    rounded = {key: _rounded(value) for key, value in trained.weights.items()}
    network = Checkpoint(trained.card, rounded).network()
    evaluated: dict[SplitName, SplitLogits] = {
        split: logits_of(network, data, split) for split in SPLITS
    }
    accuracies = run.accuracies | {
        split: top_k_accuracy(said.logits, said.labels, 1) for split, said in evaluated.items()
    }
    facts = {"accuracies": accuracies, "seconds": run.seconds, "machine": run.machine}
    card = trained.card.model_copy(update=facts)
    path, shipped = folder / f"{name}.safetensors", Checkpoint(card, rounded)
    save_checkpoint(path, shipped)
    for split, said in evaluated.items():
        save_logits(path, shipped, split, said)
    save_map(path, shipped, "test", map_of(shipped, data, "test"))
    if (reference := reference_if_possible(network, data)) is not None:
        save_reference(path, shipped, reference)
    matrix = confusion_matrix(evaluated["test"].logits, evaluated["test"].labels)
    write_atomically(card_path(path), _text(name, card, run.epochs_done, matrix).encode())
    return path


def _rounded(value: Tensor) -> Tensor:
    return value.to(torch.float16) if value.is_floating_point() else value


def _text(name: str, card: Card, epochs: int, matrix: np.ndarray) -> str:
    recipe, machine = card.recipe, card.machine
    plural = "s" if epochs > 1 else ""
    table = per_class(matrix, card.classes)
    columns = (table[column].tolist() for column in ("class", "precision", "recall"))
    classes = "\n".join(
        f"| {label} | {precision:.1%} | {recall:.1%} |"
        for label, precision, recall in zip(*columns, strict=True)
    )
    return f"""# {recipe.name}

{recipe.about}

- Test accuracy {card.accuracies["test"]:.2%} ({matrix.sum():,} images, one view), validation
  {card.accuracies["validation"]:.2%}.
- Trained on {card.data_name} (fingerprint `{card.data_fingerprint[:12]}`), {epochs} epoch{plural}
  (weights of epoch {card.epoch}) with seed {recipe.seed}, {duration(card.seconds)} on \
{machine.get("device", "an unknown machine")}
  with torch {machine.get("torch", "of unknown version")}.
- Calibration temperature {card.temperature:.3f}. Weights in float16.
- Published: {recipe.published.source or "nothing"}.
- Again: `python -m core train {name} --set seed={recipe.seed}`

| class | precision | recall |
|---|---:|---:|
{classes}
"""
