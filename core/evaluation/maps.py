"""A network's map of a split's images, computed once and kept beside its checkpoint."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save

from core.data.dataset import Dataset, SplitName
from core.data.pictures import Report, silent
from core.evaluation.embedding import embedded
from core.evaluation.features import features_of
from core.files import write_with
from core.models.summary import summarise
from core.runs.checkpoint import Card, Checkpoint, load_card, load_checkpoint, weights_hash
from core.tensors import DamagedFileError, open_tensors

MOST = 10_000  # images on a map; of a larger split every so manieth
UNIT = 10_000  # places to a unit of a map; at a tenth of that one image in a hundred has another's
FLOPS = 1e11  # a second that a network makes, and
PLACED = 200  # images a second that t-SNE does, about, on two cores: to tell progress by


@dataclass(frozen=True)
class ImageMap:
    """points: float32 [N, 2], -1 to 1; images: int64 [N], numbers of the split's images"""

    points: np.ndarray
    images: np.ndarray


def shown_images(count: int) -> np.ndarray:
    """Which of a split's images are on its map: int64 [at most 10,000], evenly spread."""
    return np.linspace(0, count - 1, min(count, MOST)).round().astype(np.int64)


def places_on(drawn: ImageMap) -> np.ndarray:
    """The points as they are chosen by and sent: int16 [N, 2], -10,000 to 10,000."""
    return np.rint(drawn.points * UNIT).astype(np.int16)


def chosen_by(path: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Which places a path chooses: int64 [n], rising.

    path: int [vertices, 2]; one vertex chooses the place nearest to it, more those that lie inside
    the polygon by the even-odd rule: a ray to the right crosses its outline an odd number of times
    places: int [N, 2], of at least one
    """
    x, y = places.astype(np.int64).T
    if len(path) == 1:
        return np.array([((x - path[0, 0]) ** 2 + (y - path[0, 1]) ** 2).argmin()])
    ends = path.astype(np.int64)[:, :, None]  # [vertices, 2, 1], against places
    begins = np.roll(ends, 1, axis=0)
    crosses = (begins[:, 1] > y) != (ends[:, 1] > y)
    rise = ends[:, 1] - begins[:, 1]
    run = (ends[:, 0] - begins[:, 0]) * (y - begins[:, 1])
    at = begins[:, 0] + run / np.where(rise == 0, 1, rise)  # a level edge is crossed by no ray
    return np.flatnonzero((crosses & (x < at)).sum(axis=0) % 2)


def map_of(
    checkpoint: Checkpoint,
    data: Dataset,
    split: SplitName,
    device: torch.device | None = None,
    report: Report = silent,
) -> ImageMap:
    """Place a split's images by the network's features. Raises ConvscopeError when the network was
    trained on other data."""
    checkpoint.card.ensure_trained_on(data)
    images = data.split(split).images
    shown = shown_images(len(images))

    card = checkpoint.card
    running = summarise(card.recipe.model, len(card.classes)).flops / FLOPS
    running /= running + 1 / PLACED  # its share of the work

    def run(what: str, share: float) -> None:
        report(what, running * share)

    def place(what: str, share: float) -> None:
        report(what, running + (1 - running) * share)

    features = features_of(checkpoint.network(device), images[shown], run)
    return ImageMap(embedded(features, report=place), shown)


def map_path(checkpoint: Path, split: SplitName) -> Path:
    return checkpoint.with_name(f"{checkpoint.stem}.{split}-map.safetensors")


def save_map(path: Path, trained: Checkpoint, split: SplitName, drawn: ImageMap) -> None:
    """Keep the map of `trained` beside `path`, where it is stored, in four bytes an image. Raises
    ConvscopeError when it cannot be written."""
    arrays = {"points": drawn.points.astype(np.float16)}
    identity = _identity(trained.card, trained.weights_hash, split)
    write_with(path, map_path(path, split), save(arrays, metadata=identity))


def stored_map(checkpoint: Path, split: SplitName, count: int) -> ImageMap | None:
    """The map of a split of `count` images; None when there is none, when it is damaged, or when it
    is of other weights, data or images. Raises ConvscopeError as `load_checkpoint`."""
    identity = _identity(load_card(checkpoint), weights_hash(checkpoint), split)
    shown = shown_images(count)
    try:
        with open_tensors(map_path(checkpoint, split)) as file:
            of, points = file.metadata(), file.get_tensor("points")
    except DamagedFileError:
        return None
    fits = points.dtype == torch.float16 and points.shape == (len(shown), 2)
    if not fits or of != identity or not bool(points.isfinite().all()):
        return None
    return ImageMap(points.float().numpy(), shown)


def make_map(
    checkpoint: Path,
    split: SplitName,
    load_data: Callable[[], Dataset],
    device: torch.device | None = None,
    report: Report = silent,
) -> None:
    """Compute a checkpoint's map and keep it. Raises ConvscopeError when the checkpoint or the data
    cannot be read, or when the network was trained on other data."""
    trained = load_checkpoint(checkpoint)
    save_map(checkpoint, trained, split, map_of(trained, load_data(), split, device, report))


def _identity(card: Card, weights_hash: str, split: SplitName) -> dict[str, str]:
    return {"weights": weights_hash, "data": card.data_fingerprint, "split": split}
