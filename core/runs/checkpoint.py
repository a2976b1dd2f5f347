"""A trained network's file: self-contained, and read without unpickling anything."""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import torch
from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from core.data.dataset import Dataset, Normalisation
from core.errors import ConvscopeError
from core.files import write_atomically
from core.models import build_model
from core.models.network import Network
from core.recipe import Recipe

MAX_CLASSES = 10_000


class Card(BaseModel):
    """What a checkpoint says of itself, beside its weights.

    accuracies: top-1 accuracy (0 to 1) by the split it was measured on
    temperature: divides the logits for calibrated confidence
    data: the data set's name and fingerprint (of its pictures alone where an older version wrote
    it, see `same_data`)
    seconds, machine: what training took, and where
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: Recipe
    classes: tuple[str, ...]
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    epoch: int
    accuracies: dict[str, float]
    temperature: float = 1.0
    data_name: str
    data_fingerprint: str
    seconds: float = 0.0
    machine: dict[str, str] = {}

    def ensure_trained_on(self, data: Dataset) -> None:
        """Raises ConvscopeError when the network was trained on other pictures, labels or split
        than those of `data`."""
        data.ensure_same(self.data_fingerprint, "this network")


@dataclass(frozen=True)
class Checkpoint:
    card: Card
    weights: dict[str, Tensor] = field(repr=False)

    @cached_property
    def weights_hash(self) -> str:
        """SHA-256 of names, types, shapes and bytes of all tensors, as hex digits."""
        digest = hashlib.sha256()
        for name, value in sorted(self.weights.items()):
            digest.update(repr((name, str(value.dtype), tuple(value.shape))).encode())
            digest.update(value.contiguous().reshape(-1).view(torch.uint8).cpu().numpy().data)
        return digest.hexdigest()

    def network(self, device: torch.device | None = None) -> Network:
        """The network in evaluation mode. Raises ConvscopeError when the weights don't fit it."""
        card = self.card
        model = build_model(card.recipe.model, len(card.classes))
        try:
            model.load_state_dict(self.weights)
        except RuntimeError as error:
            raise ConvscopeError(
                "The weights in this checkpoint do not belong to the network that its card "
                "describes; it was probably edited or put together by hand."
            ) from error
        model.to(device or torch.device("cpu")).eval().requires_grad_(False)
        return Network(model, card.classes, Normalisation(card.mean, card.std), card.temperature)


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a safetensors file, atomically. Raises ConvscopeError when it cannot be written."""
    weights = {name: value.contiguous() for name, value in checkpoint.weights.items()}
    metadata = {"convscope": checkpoint.card.model_dump_json()}
    write_atomically(path, save(weights, metadata=metadata))


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint. Raises ConvscopeError when it is missing, damaged or not one of ours."""
    card, weights = _read(path, with_weights=True)
    return Checkpoint(card, weights)


def load_card(path: Path) -> Card:
    """What a checkpoint says of itself, without its weights. Raises as `load_checkpoint`."""
    return _read(path, with_weights=False)[0]


def weights_hash(path: Path) -> str:
    """`Checkpoint.weights_hash` of a file, read once for as long as the file stays as it is.
    Raises as `load_checkpoint`."""
    if not path.is_file():
        raise _missing(path)
    about = path.stat()
    return _weights_hash(path, (about.st_ino, about.st_mtime_ns, about.st_size))


@lru_cache(maxsize=256)
def _weights_hash(path: Path, _stamp: tuple[int, ...]) -> str:
    return load_checkpoint(path).weights_hash


def _missing(path: Path) -> ConvscopeError:
    return ConvscopeError(f"There is no checkpoint at {path}; it may have been deleted.")


def _read(path: Path, with_weights: bool) -> tuple[Card, dict[str, Tensor]]:
    if not path.is_file():
        raise _missing(path)
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            names = file.keys() if with_weights else []
            weights = {name: file.get_tensor(name) for name in names}
    except (SafetensorError, OSError) as error:
        raise ConvscopeError(
            f"{path.name} is not a whole safetensors file; it may have been cut short or be of "
            "another kind. Copy it again, or train the network again."
        ) from error
    if "convscope" not in metadata:
        raise ConvscopeError(
            f"{path.name} was not saved by Convscope: it has weights, but no card that says which "
            "network, classes and normalisation they belong to."
        )
    try:
        card = Card.model_validate_json(metadata["convscope"])
    except ValidationError as error:
        fault = ".".join(str(step) for step in error.errors()[0]["loc"]) or "its text"
        raise ConvscopeError(
            f"The card in {path.name} cannot be used: {fault} is missing or wrong. It may come "
            "from another version; train the network again from its recipe."
        ) from error
    if not 2 <= len(card.classes) <= MAX_CLASSES:
        raise ConvscopeError(f"The card in {path.name} names {len(card.classes)} classes.")
    return card, weights
