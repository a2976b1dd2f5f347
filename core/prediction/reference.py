"""What familiarity is measured by: made from training and validation images, kept by a network."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save
from torch import Tensor

from core.data.dataset import Dataset
from core.data.pictures import Report, silent
from core.errors import ConvscopeError
from core.evaluation.directions import principal_directions
from core.evaluation.features import depths_of
from core.files import ensure_writable, is_file, write_with
from core.models.network import Network
from core.prediction.familiarity import Classes, Neighbours, Reference, directed, scores, views
from core.runs.checkpoint import Card, Checkpoint, load_card, load_checkpoint, weights_hash
from core.tensors import DamagedFileError, open_tensors

IMAGES = 3000  # of training, the first of each class
VALIDATION = 5000  # images, at most
MOST_BYTES = 128 * 2**20  # of a file; the widest networks here take a tenth
LEAST_VALIDATION = 20  # images: of fewer, 5 % is none
LEAST_SPREAD = 1e-4  # of a score; less is what rounding makes of images that are the same
DIRECTIONS = 64  # that neighbours' features are reduced to
STEPS = 127  # to either side of 0 that a reduced feature is kept with
KEPT = {
    "early.means": torch.float32,
    "early.whitening": torch.float16,
    "middle.means": torch.float32,
    "middle.whitening": torch.float16,
    "centre": torch.float32,
    "directions": torch.float16,
    "features": torch.int8,
    "images": torch.int32,
    "labels": torch.int32,
    "means": torch.float32,
    "deviations": torch.float32,
    "quantiles": torch.float32,
}


class NoReferenceError(ConvscopeError):
    """There is nothing kept that tells what is familiar to a network."""


def reference_of(network: Network, data: Dataset, report: Report = silent) -> Reference:
    """Run the network over some of its training images and its validation images, and learn what
    is familiar. Raises ConvscopeError when there are too few validation images, or when all are the
    same to the network."""
    validation, trained_on = data.validation.images[:VALIDATION], data.train.labels.cpu()
    if len(validation) < LEAST_VALIDATION:
        raise ConvscopeError(
            f"{data.name} holds back {len(validation)} images for validation, of which nobody can "
            f"tell what is unlike the others; at least {LEAST_VALIDATION} are needed."
        )
    chosen = first_of_each_class(trained_on, len(data.classes))
    labels = trained_on[chosen].numpy()
    total = len(chosen) + 2 * len(validation)

    def run(before: int, images: int) -> Report:
        return lambda what, share: report(what, (before + share * images) / total)

    seen = depths_of(network, data.train.images[chosen], run(0, len(chosen)))
    if not all(np.isfinite(part).all() for part in (seen.early, seen.middle, seen.late)):
        raise ConvscopeError(
            "This network's features are no finite numbers, so nothing is familiar to it; its "
            "weights are probably damaged."
        )
    reference = _rounded(
        Reference(
            early=Classes.of(seen.early, labels),
            middle=Classes.of(directed(seen.middle), labels),
            neighbours=_neighbours(seen.late, chosen.numpy(), labels),
            means=np.zeros(4, np.float32),
            deviations=np.ones(4, np.float32),
            quantiles=np.zeros(101, np.float32),
        )
    )
    found = scores(reference, *views(network, validation, run(len(chosen), 2 * len(validation))))
    if np.ptp(found, axis=0).max() < LEAST_SPREAD:
        raise ConvscopeError(
            f"The images of {data.name} for validation are all the same to this network, so nobody "
            "can tell by them what is unlike the others."
        )
    reference = replace(
        reference,
        means=found.mean(axis=0).astype(np.float32),
        deviations=found.std(axis=0).clip(1e-6).astype(np.float32),
    )
    quantiles = np.quantile(reference.strangeness(found), np.linspace(0, 1, 101))
    return replace(reference, quantiles=quantiles.astype(np.float32))


def reference_if_possible(network: Network, data: Dataset) -> Reference | None:
    """None where there are too few images to tell; whoever asks for it then hears why."""
    with suppress(ConvscopeError):
        return reference_of(network, data)
    return None


def first_of_each_class(labels: Tensor, classes: int) -> Tensor:
    """Which training images are kept: int64, as many of each class, at most 3,000 in all (or one of
    each)."""
    each = max(1, IMAGES // classes)
    chosen = [(labels == label).nonzero().flatten()[:each] for label in range(classes)]
    return torch.cat(chosen)


def _neighbours(late: np.ndarray, images: np.ndarray, labels: np.ndarray) -> Neighbours:
    centre = late.mean(axis=0)
    centred = (late - centre).astype(np.float64)
    kept = principal_directions(centred)[1][:, :DIRECTIONS].astype(np.float32)
    return Neighbours(centre, kept, directed((late - centre) @ kept), images, labels)


def _rounded(reference: Reference) -> Reference:
    """As it will be once it was kept, so that its threshold is that of what is read again."""
    return _read(_tensors(reference))


def _tensors(reference: Reference) -> dict[str, Tensor]:
    known = reference.neighbours
    arrays = {
        "early.means": reference.early.means,
        "early.whitening": reference.early.whitening,
        "middle.means": reference.middle.means,
        "middle.whitening": reference.middle.whitening,
        "centre": known.centre,
        "directions": known.directions,
        "features": np.rint(known.features * STEPS),
        "images": known.images,
        "labels": known.labels,
        "means": reference.means,
        "deviations": reference.deviations,
        "quantiles": reference.quantiles,
    }
    return {
        name: torch.from_numpy(np.ascontiguousarray(array)).to(KEPT[name])
        for name, array in arrays.items()
    }


def _read(kept: dict[str, Tensor]) -> Reference:
    floats = {
        name: tensor.float().numpy() for name, tensor in kept.items() if KEPT[name] != torch.int32
    }
    return Reference(
        early=Classes(floats["early.means"], floats["early.whitening"]),
        middle=Classes(floats["middle.means"], floats["middle.whitening"]),
        neighbours=Neighbours(
            floats["centre"],
            floats["directions"],
            directed(floats["features"]),
            kept["images"].long().numpy(),
            kept["labels"].long().numpy(),
        ),
        means=floats["means"],
        deviations=floats["deviations"],
        quantiles=floats["quantiles"],
    )


def reference_path(checkpoint: Path) -> Path:
    return checkpoint.with_name(f"{checkpoint.stem}.familiarity.safetensors")


def save_reference(path: Path, trained: Checkpoint, reference: Reference) -> None:
    """Keep the reference of `trained` beside `path`, where it is stored. Raises ConvscopeError when
    it cannot be written."""
    arrays = {name: tensor.numpy() for name, tensor in _tensors(reference).items()}
    identity = _identity(trained.card, trained.weights_hash)
    write_with(path, reference_path(path), save(arrays, metadata=identity))


def load_reference(checkpoint: Path) -> Reference:
    """Raises NoReferenceError when there is none, when it is damaged, or when it is of other
    weights or data, and ConvscopeError as `load_checkpoint`."""
    card, path = load_card(checkpoint), reference_path(checkpoint)
    if not is_file(path):
        raise NoReferenceError(
            f"It is not known yet which pictures are unlike all that {card.recipe.name} was "
            "trained on; the images that it was trained on tell."
        )
    if path.stat().st_size > MOST_BYTES:
        raise NoReferenceError(
            f"{path.name} is larger than {MOST_BYTES:,} bytes, so it was not saved by Convscope; "
            "have it made anew."
        )
    try:
        with open_tensors(path) as file:
            of, kept = file.metadata(), {name: file.get_tensor(name) for name in KEPT}
    except DamagedFileError as error:
        raise NoReferenceError(f"{error} Or have it made anew.") from error
    if of != _identity(card, weights_hash(checkpoint)):
        raise NoReferenceError(
            f"{path.name} is of other weights or images than {checkpoint.name}, so it does not "
            "tell which pictures are unlike all that this network was trained on."
        )
    if not _fits(kept, len(card.classes)):
        raise NoReferenceError(
            f"{path.name} does not hold what tells an unknown picture; have it made anew."
        )
    return _read(kept)


def _fits(kept: dict[str, Tensor], classes: int) -> bool:
    """Whether kinds, shapes and values are those that `familiarity` reckons with."""
    shapes = {name: tuple(tensor.shape) for name, tensor in kept.items()}
    if any(len(shape) not in (1, 2) for shape in shapes.values()) or 0 in sum(shapes.values(), ()):
        return False
    early, middle = shapes["early.means"][-1], shapes["middle.means"][-1]
    images, reduced = shapes["features"][0], shapes["features"][-1]
    expected = {
        "early.means": (shapes["early.means"][0], early),
        "early.whitening": (early, early),
        "middle.means": (shapes["middle.means"][0], middle),
        "middle.whitening": (middle, middle),
        "centre": shapes["centre"][:1],
        "directions": (shapes["centre"][0], reduced),
        "features": (images, reduced),
        "images": (images,),
        "labels": (images,),
        "means": (4,),
        "deviations": (4,),
        "quantiles": (101,),
    }
    labels, quantiles = kept["labels"], kept["quantiles"]
    return (
        shapes == expected
        and all(kept[name].dtype == kind for name, kind in KEPT.items())
        and all(tensor.isfinite().all() for tensor in kept.values())
        and bool(((labels >= 0) & (labels < classes)).all() and (kept["images"] >= 0).all())
        and bool((kept["deviations"] > 0).all() and (quantiles.diff() >= 0).all())
    )


def make_reference(
    checkpoint: Path,
    load_data: Callable[[], Dataset],
    device: torch.device | None = None,
    report: Report = silent,
) -> Reference:
    """Learn what is familiar to a checkpoint's network, and keep it. Raises ConvscopeError when the
    checkpoint or the data cannot be read, when the network was trained on other data, or when
    nothing can be kept beside it."""
    trained, data = load_checkpoint(checkpoint), load_data()
    trained.card.ensure_trained_on(data)
    ensure_writable(reference_path(checkpoint))
    reference = reference_of(trained.network(device), data, report)
    save_reference(checkpoint, trained, reference)
    return reference


def _identity(card: Card, weights_hash: str) -> dict[str, str]:
    return {"weights": weights_hash, "data": card.data_fingerprint}
