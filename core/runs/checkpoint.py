"""A trained network's file: self-contained, and read without unpickling anything."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Self

import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from core.data.dataset import Dataset, Normalisation
from core.errors import ConvscopeError
from core.files import is_file, write_atomically
from core.models import build_model
from core.models.network import Network
from core.recipe import Recipe
from core.tensors import open_tensors
from core.wording import printable

MAX_CLASSES = 10_000
FLOATING = {"F16": True, "BF16": True, "F32": True, "I64": False}
"""The kinds of numbers in a checkpoint, by safetensors' names."""

ClassName = Annotated[str, Field(min_length=1, max_length=100)]
Text = Annotated[str, Field(max_length=300)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Level = Annotated[float, Field(ge=-10.0, le=10.0)]
Deviation = Annotated[float, Field(ge=1e-4, le=10.0)]


class Card(BaseModel):
    """What a checkpoint says of itself, beside its weights.

    accuracies: top-1 accuracy (0 to 1) by the split it was measured on
    temperature: divides the logits for calibrated confidence
    data: the data set's name and fingerprint (of its pictures alone where an older version wrote
    it, see `same_data`)
    seconds, machine: what training took, and where

    Bounds hold wherever a card comes from, so that what is shown of it is short and its figures
    can be reckoned with.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: Recipe
    classes: tuple[ClassName, ...] = Field(min_length=2, max_length=MAX_CLASSES)
    mean: tuple[Level, Level, Level]
    std: tuple[Deviation, Deviation, Deviation]
    epoch: int = Field(ge=0)
    accuracies: dict[Text, Share] = Field(max_length=10)
    temperature: float = Field(default=1.0, ge=1e-3, le=1e3)
    data_name: Text
    data_fingerprint: Text
    seconds: float = Field(default=0.0, ge=0.0, allow_inf_nan=False)
    machine: dict[Text, Text] = Field(default={}, max_length=20)

    @field_validator("classes")
    @classmethod
    def _told_apart(cls, classes: tuple[str, ...]) -> tuple[str, ...]:
        for name in classes:
            if name.splitlines() != [printable(name)]:
                raise ValueError("names must be one line of text without control characters")
        if len(set(classes)) < len(classes):
            raise ValueError("two have the same name")
        return classes

    @classmethod
    def of(cls, recipe: Recipe, data: Dataset) -> Self:
        """The card of a network that is about to be trained. Raises ConvscopeError where the data
        has no classes that a card can name."""
        try:
            return cls(
                recipe=recipe,
                classes=data.classes,
                mean=data.normalisation.mean,
                std=data.normalisation.std,
                epoch=0,
                accuracies={},
                data_name=data.name,
                data_fingerprint=data.fingerprint,
            )
        except ValidationError as error:
            raise ConvscopeError(f"{data.name} cannot be trained on: {_fault(error)}.") from error

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
        """The network in evaluation mode. Raises ConvscopeError when the weights don't fit it, or
        are no numbers to reckon with."""
        card = self.card
        found = {k: (value.shape, value.is_floating_point()) for k, value in self.weights.items()}
        _ensure_fitting(card, found)
        self.ensure_finite()
        model = build_model(card.recipe.model, len(card.classes))
        model.load_state_dict(self.weights)
        model.to(device or torch.device("cpu")).eval().requires_grad_(False)
        return Network(model, card.classes, Normalisation(card.mean, card.std), card.temperature)

    def ensure_finite(self) -> None:
        """Raises ConvscopeError when a weight is infinite or not a number."""
        for name, value in self.weights.items():
            if not value.isfinite().all():
                raise ConvscopeError(
                    f"The weights '{name[:80]}' in this checkpoint are not all finite numbers, so "
                    "its network says nothing; copy it again, or train the network again."
                )


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a safetensors file, atomically. Raises ConvscopeError when it cannot be written."""
    weights = {name: value.contiguous() for name, value in checkpoint.weights.items()}
    metadata = {"convscope": checkpoint.card.model_dump_json()}
    write_atomically(path, save(weights, metadata=metadata))


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint. Raises ConvscopeError when it is missing, damaged or not one of ours, or
    when its weights are of another network than its card."""
    card, weights = _read(path, with_weights=True)
    return Checkpoint(card, weights)


def load_card(path: Path) -> Card:
    """What a checkpoint says of itself, without its weights. Raises as `load_checkpoint`."""
    return _read(path, with_weights=False)[0]


def weights_hash(path: Path) -> str:
    """`Checkpoint.weights_hash` of a file, read once for as long as the file stays as it is.
    Raises as `load_checkpoint`."""
    if not is_file(path):
        raise _missing(path)
    about = path.stat()
    return _weights_hash(path, (about.st_ino, about.st_mtime_ns, about.st_size))


@lru_cache(maxsize=256)
def _weights_hash(path: Path, _stamp: tuple[int, ...]) -> str:
    return load_checkpoint(path).weights_hash


def _missing(path: Path) -> ConvscopeError:
    return ConvscopeError(f"There is no checkpoint at {str(path)[:300]}; it may have been deleted.")


def _read(path: Path, with_weights: bool) -> tuple[Card, dict[str, Tensor]]:
    if not is_file(path):
        raise _missing(path)
    with open_tensors(path) as file:
        card = _card(path, file.metadata() or {})
        return card, _weights(card, file) if with_weights else {}


def _card(path: Path, metadata: dict[str, str]) -> Card:
    if "convscope" not in metadata:
        raise ConvscopeError(
            f"{path.name} was not saved by Convscope: it has weights, but no card that says which "
            "network, classes and normalisation they belong to."
        )
    try:
        return Card.model_validate_json(metadata["convscope"])
    except ValidationError as error:
        raise ConvscopeError(
            f"The card in {path.name} cannot be used: {_fault(error)}. It may come from another "
            "version; train the network again from its recipe."
        ) from error


def _fault(error: ValidationError) -> str:
    """The first complaint about a card, by the field and the bound that does not hold."""
    first = error.errors(include_url=False, include_input=False)[0]
    field_path = ".".join(str(step) for step in first["loc"])[:80] or "its text"
    context = first.get("ctx", {})
    match first["type"]:
        case "value_error":
            return f"{field_path}: {context['error']}"
        case "string_too_long":
            return f"{field_path} is longer than {context['max_length']} characters"
        case "too_long":
            return f"{field_path} has more than {context['max_length']:,} entries"
        case "too_short":
            return f"{field_path} has fewer than {context['min_length']} entries"
        case _:
            return f"{field_path} is missing or wrong"


def _weights(card: Card, file: safe_open) -> dict[str, Tensor]:
    """All tensors, read once the file's header is seen to be that of the card's network."""
    names = file.keys()
    headers = {name: file.get_slice(name) for name in names}
    _ensure_fitting(
        card,
        {
            name: (torch.Size(header.get_shape()), FLOATING.get(header.get_dtype()))
            for name, header in headers.items()
        },
    )
    return {name: file.get_tensor(name) for name in names}


def _ensure_fitting(card: Card, found: Mapping[str, tuple[torch.Size, bool | None]]) -> None:
    """Raises ConvscopeError when these are not the names of the weights of the card's network, with
    their shapes and whether they are floating-point numbers. The network takes no memory here."""
    with torch.device("meta"):
        own = build_model(card.recipe.model, len(card.classes)).state_dict()
    if found != {name: (value.shape, value.is_floating_point()) for name, value in own.items()}:
        raise ConvscopeError(
            "The weights in this checkpoint do not belong to the network that its card "
            "describes; it was probably edited or put together by hand."
        )
