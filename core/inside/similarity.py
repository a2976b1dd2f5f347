"""How alike two networks arrange the same images, layer by layer: linear CKA (Kornblith et al.
2019, arXiv:1905.00414), with the estimate of HSIC that has no bias."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save
from torch import Tensor

from core.data.dataset import Dataset, same_data
from core.data.pictures import Report, silent
from core.errors import ConvscopeError
from core.files import write_with
from core.inside.outputs import ensure_finite, outputs_of
from core.models.graph import Step, trace
from core.models.network import Network
from core.runs.checkpoint import Card, load_card, load_checkpoint, weights_hash
from core.tensors import DamagedFileError, open_tensors
from core.wording import counted

IMAGES = 500  # of the test images, the first
FEWEST = 4  # that the estimate is defined for


def linear_cka(a: Tensor, b: Tensor) -> Tensor:
    """Between each layer of A and each of B: float32 [layers of A, layers of B], at most 1. It is
    summed up in float64, and rounding is cut off.

    a, b: float [layers, N, N], the products of the same N images' features (`gram`), N at least
        FEWEST

    1: alike up to rotation and scale; about 0: nothing in common. The estimate has no bias where
    features are more than images, as the usual one has (Song et al. 2012, section 3), so it can
    fall a little below 0.
    """
    one, two = (torch.stack([_direction(each) for each in grams]) for grams in (a, b))
    return (one @ two.T).clamp(max=1).float()


def gram(features: Tensor) -> Tensor:
    """float [N, ...] to [N, N], of features around their mean."""
    flat = features.flatten(1)
    centred = flat - flat.mean(0)
    return centred @ centred.T


def _direction(gram: Tensor) -> Tensor:
    """Of float [N, N] as a vector of length 1, float64 [N * N], centred so that products of two are
    their unbiased HSIC but for a factor (Székely & Rizzo 2014, arXiv:1310.2926, section 3)."""
    count = len(gram)
    others = 1 - torch.eye(count, dtype=torch.float64)
    kept = gram * others
    rows = kept.sum(1) / (count - 2)
    total = kept.sum() / ((count - 1) * (count - 2))
    centred = (kept - rows[:, None] - rows + total) * others
    return torch.nn.functional.normalize(centred.flatten(), dim=0)


@torch.inference_mode()
def grams_of(
    network: Network, images: Tensor, steps: tuple[Step, ...], report: Report = silent
) -> Tensor:
    """Of every layer on uint8 [N, 32, 32, 3]: float32 [layers, N, N], scaled so that the largest
    is 1. All images are in one pass; layers are seen one by one, so no more than one's features are
    held."""
    found: list[Tensor] = []

    def see(_step: Step, output: Tensor) -> None:
        report("Comparing layers", len(found) / len(steps))
        products = gram(output.float()).cpu()
        found.append(products / products.abs().max().clamp(min=1e-30))

    report("Comparing layers", 0.0)
    outputs_of(network.model, network.input(images), steps, see)
    return torch.stack(found)


def ensure_comparable(one: Card, other: Card) -> None:
    """Raises ConvscopeError where the two were not trained on the same data."""
    if one.classes != other.classes:
        raise ConvscopeError(
            "These networks know other classes, so there are no images that both were trained for; "
            "choose one of the same data set."
        )
    if not same_data(one.data_fingerprint, other.data_fingerprint):
        raise ConvscopeError(
            "These networks were trained on other pictures or another split, so test images of one "
            "may be training images of the other; choose one of the same data set."
        )


def similarity_path(checkpoint: Path, other: Path) -> Path:
    """By the other's weights, whose file may be called as any."""
    return checkpoint.with_name(f"{checkpoint.stem}.cka-{weights_hash(other)[:16]}.safetensors")


def stored_similarity(checkpoint: Path, other: Path) -> np.ndarray | None:
    """float32 [layers of the one, layers of the other]; None where there is none, where it is
    damaged, or of something else. Raises ConvscopeError as `load_checkpoint`."""
    card, second = load_card(checkpoint), load_card(other)
    identity = _identity(card, weights_hash(checkpoint), weights_hash(other))
    layers = tuple(len(trace(each.recipe.model, len(each.classes))) for each in (card, second))
    try:
        with open_tensors(similarity_path(checkpoint, other)) as file:
            of, similarity = file.metadata(), file.get_tensor("similarity")
    except DamagedFileError:
        return None
    fits = similarity.dtype == torch.float32 and similarity.shape == layers
    fits = fits and bool(similarity.isfinite().all())
    return similarity.numpy() if fits and of == identity else None


def make_similarity(
    checkpoint: Path,
    other: Path,
    load_data: Callable[[], Dataset],
    device: torch.device | None = None,
    report: Report = silent,
) -> None:
    """Compute and keep it beside `checkpoint`. Raises ConvscopeError when a checkpoint or the data
    cannot be read, when they do not belong together, and where there are too few images."""
    one, two = load_checkpoint(checkpoint), load_checkpoint(other)
    ensure_comparable(one.card, two.card)
    data = load_data()
    one.card.ensure_trained_on(data)
    images = data.test.images[:IMAGES]
    if len(images) < FEWEST:
        raise ConvscopeError(
            f"Layers are compared by at least {counted(FEWEST)} test images, and this data set has "
            f"{counted(len(images))}. Train both networks on more pictures."
        )
    grams = []
    for number, trained in enumerate((one, two)):
        steps = trace(trained.card.recipe.model, len(trained.card.classes))

        def half(what: str, share: float, number: int = number) -> None:
            report(what, (number + share) / 2)

        grams.append(grams_of(trained.network(device), images, steps, half))
    ensure_finite(*grams)
    content = save(
        {"similarity": linear_cka(*grams).contiguous()},
        _identity(one.card, one.weights_hash, two.weights_hash),
    )
    write_with(checkpoint, similarity_path(checkpoint, other), content)


def _identity(card: Card, weights: str, other: str) -> dict[str, str]:
    return {"weights": weights, "other": other, "data": card.data_fingerprint}
