"""A layer over a whole split, in one pass: the images that excite each of its channels most, and
for each image those that are nearest to it in the layer's space."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor

from core.data.dataset import Dataset, SplitName
from core.data.pictures import Report, silent
from core.files import write_with
from core.inside.outputs import ensure_finite, output_of, step_named
from core.models.graph import Step, trace
from core.models.network import BATCH_SIZES, Network
from core.runs.checkpoint import Card, load_card, load_checkpoint, weights_hash
from core.tensors import DamagedFileError, open_tensors

EXCITING = 12  # images a channel
NEAREST = 12  # images an image
ROWS = 500  # of the similarities that are held at once


@dataclass(frozen=True)
class Survey:
    """What a split of N images makes of a layer of C channels.

    values: float32 [C, k], the highest value that a channel has anywhere in an image, falling
    images: int64 [C, k], numbers of the images that have it
    places: int64 [C, k, 2], row and column where it is; 0 for a layer without maps
    nearest: int64 [N, m], numbers of the images whose features have the highest cosine similarity,
        falling; features are a channel's mean over places
    similarities: float32 [N, m], -1 to 1
    """

    values: Tensor
    images: Tensor
    places: Tensor
    nearest: Tensor
    similarities: Tensor


@torch.inference_mode()
def survey_of(network: Network, images: Tensor, step: Step, report: Report = silent) -> Survey:
    """Of uint8 [N, 32, 32, 3]. May run in several threads at once."""
    size = BATCH_SIZES.get(network.device.type, 500)
    features: list[Tensor] = []
    found: tuple[Tensor, Tensor, Tensor] | None = None
    for batch in images.split(size):
        begin = len(features) * size
        report("Running the network up to this layer", begin / len(images))
        output = output_of(network.model, network.input(batch), step).float()
        flat = output.flatten(2) if output.dim() == 4 else output[:, :, None]
        features.append(flat.mean(2).cpu())
        values, places = (each.T.cpu() for each in flat.max(2))  # [C, n]
        numbers = torch.arange(begin, begin + len(batch)).expand_as(places)
        found = _best(found, (values, numbers, places))
    assert found is not None
    values, numbers, places = found
    columns = step.shape[2] if len(step.shape) == 3 else 1
    where = torch.stack((places // columns, places % columns), dim=2)
    nearest, similarities = nearest_by_cosine(torch.cat(features), report)
    return Survey(values, numbers, where, nearest, similarities)


def _best(
    found: tuple[Tensor, Tensor, Tensor] | None, more: tuple[Tensor, Tensor, Tensor]
) -> tuple[Tensor, Tensor, Tensor]:
    """Those with the highest values, each [C, at most EXCITING]; of equals the earlier image."""
    values, numbers, places = (
        more
        if found is None
        else tuple(torch.cat(pair, 1) for pair in zip(found, more, strict=True))
    )
    order = values.argsort(dim=1, descending=True, stable=True)[:, :EXCITING]
    return values.gather(1, order), numbers.gather(1, order), places.gather(1, order)


def nearest_by_cosine(features: Tensor, report: Report = silent) -> tuple[Tensor, Tensor]:
    """For each of float32 [N, D] the others by cosine similarity: int64 [N, m], float32 [N, m]."""
    unit = torch.nn.functional.normalize(features)
    count = min(NEAREST, len(unit) - 1)
    numbers, similarities = [], []
    for begin in range(0, len(unit), ROWS):
        report("Comparing the images", begin / len(unit))
        alike = unit[begin : begin + ROWS] @ unit.T
        own = torch.arange(len(alike))
        alike[own, own + begin] = -torch.inf
        best, who = alike.topk(count, dim=1)
        numbers.append(who)
        similarities.append(best)
    return torch.cat(numbers), torch.cat(similarities)


def survey_path(checkpoint: Path, split: SplitName, layer: str) -> Path:
    return checkpoint.with_name(f"{checkpoint.stem}.{split}-layer-{layer}.safetensors")


def stored_survey(checkpoint: Path, split: SplitName, step: Step) -> Survey | None:
    """None where there is none, where it is damaged, or of other weights or data. Raises
    ConvscopeError as `load_checkpoint`."""
    identity = _identity(load_card(checkpoint), weights_hash(checkpoint), split, step.name)
    try:
        with open_tensors(survey_path(checkpoint, split, step.name)) as file:
            of = file.metadata()
            stored = {name: file.get_tensor(name) for name in Survey.__dataclass_fields__}
    except DamagedFileError:
        return None
    found = Survey(
        *(value.float() if value.is_floating_point() else value.long() for value in stored.values())
    )
    return found if of == identity and _fits(found, step) else None


def _fits(found: Survey, step: Step) -> bool:
    """Whether shapes are a layer's, and all numbers are of images and places that there can be."""
    if min(found.values.ndim, found.nearest.ndim) == 0:
        return False
    channels, images = step.shape[0], len(found.nearest)
    rows, columns = step.shape[1:] if len(step.shape) == 3 else (1, 1)
    k = found.values.shape[-1]
    shapes = (
        found.values.shape == found.images.shape == (channels, k)
        and found.places.shape == (channels, k, 2)
        and found.nearest.ndim == 2
        and found.nearest.shape == found.similarities.shape
        and min(k, found.nearest.numel()) > 0
    )
    if not shapes:
        return False
    numbers = torch.cat((found.images.flatten(), found.nearest.flatten()))
    inside = bool(((numbers >= 0) & (numbers < images)).all())
    places = bool(((found.places >= 0) & (found.places < torch.tensor([rows, columns]))).all())
    floats = (found.values, found.similarities)
    real = all(each.is_floating_point() and bool(each.isfinite().all()) for each in floats)
    return inside and places and real


def make_survey(
    checkpoint: Path,
    split: SplitName,
    layer: str,
    load_data: Callable[[], Dataset],
    device: torch.device | None = None,
    report: Report = silent,
) -> None:
    """Compute and keep it beside the checkpoint. Raises ConvscopeError when checkpoint or data
    cannot be read, when the network has no such layer, or when it was trained on other data."""
    trained, data = load_checkpoint(checkpoint), load_data()
    trained.card.ensure_trained_on(data)
    step = step_named(trace(trained.card.recipe.model, len(trained.card.classes)), layer)
    found = survey_of(trained.network(device), data.split(split).images, step, report)
    ensure_finite(found.values, found.similarities)
    tensors = {
        "values": found.values,
        "images": found.images.int(),
        "places": found.places.to(torch.uint8),
        "nearest": found.nearest.int(),
        "similarities": found.similarities.half(),
    }
    identity = _identity(trained.card, trained.weights_hash, split, layer)
    content = save({name: value.contiguous() for name, value in tensors.items()}, identity)
    write_with(checkpoint, survey_path(checkpoint, split, layer), content)


def _identity(card: Card, weights: str, split: SplitName, layer: str) -> dict[str, str]:
    return {"weights": weights, "data": card.data_fingerprint, "split": split, "layer": layer}
