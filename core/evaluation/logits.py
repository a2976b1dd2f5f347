"""A split's logits, computed once for a checkpoint and kept beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save

from core.data.dataset import Dataset, SplitName
from core.data.pictures import Report, silent
from core.errors import ConvscopeError
from core.files import write_with
from core.models.network import Network
from core.runs.checkpoint import Card, Checkpoint, load_card, load_checkpoint, weights_hash
from core.tensors import DamagedFileError, open_tensors


@dataclass(frozen=True)
class SplitLogits:
    """What a network says of every image of a split, and what is true.

    logits: float32 [N, classes]; labels: int64 [N]
    """

    logits: np.ndarray
    labels: np.ndarray


def logits_of(
    network: Network,
    data: Dataset,
    split: SplitName,
    tta: bool = False,
    report: Report = silent,
) -> SplitLogits:
    """Run the network over a split, with test-time augmentation when `tta`.

    Raises ConvscopeError when the data has other classes than the network, or when a score is no
    finite number.
    """
    if network.classes != data.classes:
        raise ConvscopeError(
            f"This network knows {_listed(network.classes)}, but {data.name} has "
            f"{_listed(data.classes)}; evaluate it on the classes that it was trained on."
        )
    images = data.split(split)
    logits = network.logits(images.images, tta=tta, report=report)
    if not logits.isfinite().all():
        raise ConvscopeError(
            "This network's scores are no finite numbers, as its weights are too large, so nothing "
            "can be said of it; train it anew with a lower learning rate."
        )
    return SplitLogits(logits.numpy(), images.labels.cpu().numpy())


def logits_path(checkpoint: Path, split: SplitName, tta: bool = False) -> Path:
    kind = "views-logits" if tta else "logits"
    return checkpoint.with_name(f"{checkpoint.stem}.{split}-{kind}.safetensors")


def save_logits(
    path: Path,
    trained: Checkpoint,
    split: SplitName,
    evaluated: SplitLogits,
    tta: bool = False,
) -> None:
    """Keep logits of `trained` beside `path`, where it is stored. Raises ConvscopeError when they
    cannot be written."""
    arrays = {"logits": evaluated.logits, "labels": evaluated.labels}
    identity = _identity(trained.card, trained.weights_hash, split, tta)
    write_with(path, logits_path(path, split, tta), save(arrays, metadata=identity))


def has_logits(checkpoint: Path, split: SplitName, tta: bool = False) -> bool:
    """Whether `stored_logits` needs no data. Raises ConvscopeError as `load_checkpoint`."""
    return _stored(checkpoint, split, tta) is not None


def stored_logits(
    checkpoint: Path,
    split: SplitName,
    load_data: Callable[[], Dataset],
    device: torch.device | None = None,
    tta: bool = False,
    report: Report = silent,
) -> SplitLogits:
    """What `logits_of` gives for a checkpoint on a split: from disk, else computed and
    stored.

    `load_data` is called only when they must be computed. Raises ConvscopeError when the
    checkpoint or the data cannot be read, or when the network was trained on other data.
    """
    kept = _stored(checkpoint, split, tta)
    if kept is not None:
        return kept
    trained, data = load_checkpoint(checkpoint), load_data()
    trained.card.ensure_trained_on(data)
    evaluated = logits_of(trained.network(device), data, split, tta, report)
    save_logits(checkpoint, trained, split, evaluated, tta)
    return evaluated


def _stored(checkpoint: Path, split: SplitName, tta: bool) -> SplitLogits | None:
    """None when there are none, when they are damaged, or when they are of something else."""
    card = load_card(checkpoint)
    identity = _identity(card, weights_hash(checkpoint), split, tta)
    try:
        with open_tensors(logits_path(checkpoint, split, tta)) as file:
            of = file.metadata()
            logits, labels = file.get_tensor("logits"), file.get_tensor("labels")
    except DamagedFileError:
        return None
    kinds = logits.dtype == torch.float32 and labels.dtype == torch.int64
    shapes = labels.ndim == 1 and logits.shape == (len(labels), len(card.classes))
    fits = kinds and shapes and bool(logits.isfinite().all())
    fits = fits and bool(((labels >= 0) & (labels < len(card.classes))).all())
    return SplitLogits(logits.numpy(), labels.numpy()) if fits and of == identity else None


def _listed(classes: tuple[str, ...]) -> str:
    return f"{len(classes)} classes ({', '.join(classes[:3])} ...)"


def _identity(card: Card, weights_hash: str, split: SplitName, tta: bool) -> dict[str, str]:
    """What stored logits are of: they are used for nothing else."""
    return {
        "weights": weights_hash,
        "data": card.data_fingerprint,
        "split": split,
        "views": "several" if tta else "one",
    }
