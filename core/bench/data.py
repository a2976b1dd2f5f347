"""What batches cost: our Augmenter against a DataLoader, and both against a training step."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from PIL import Image
from rich.console import Console
from rich.table import Table
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from core.data import IMAGE_SIZE, Augmenter, Split, normalisation_of, order, shapes
from core.data.dataset import Dataset as Pictures
from core.machine import pick_device
from core.recipe import Recipe, load_recipe
from core.training.learner import Learner, Moment

PRESET = "shapes-quick"  # the smallest
IMAGES = 4096  # per measurement


@dataclass(frozen=True)
class Row:
    """One way to make batches, or the training step itself.

    images_per_second: median over the repeats; low, high: their smallest and largest
    cost: time per image as a share of the training step's
    """

    name: str
    images_per_second: float
    low: float
    high: float
    cost: float


def measure(
    recipe: Recipe, repeats: int = 5, workers: tuple[int, ...] = (0, 1, 2), images: int = IMAGES
) -> list[Row]:
    """Time the recipe's batches made in each way, in turn, `repeats` times.

    The pictures are generated. Crop, flip and normalisation are the recipe's; `workers` are the
    worker processes of the DataLoaders; every way makes `images` images each time, whole batches.
    The last row is the training step, batches included.
    """
    device = pick_device()
    split = shapes.draw(images, seed=0)
    ways = {"Augmenter": _augmenter(split.to(device), recipe)}
    ways |= {f"DataLoader, {n} workers": _loader(split, recipe, n) for n in workers}
    ways["Training step"] = _training(split, recipe, device)
    speeds: dict[str, list[float]] = {name: [] for name in ways}
    for repeat in range(repeats + 1):
        for name, run in ways.items():
            speed = _images_per_second(run, device)
            if repeat:  # the first is for warming up
                speeds[name].append(speed)
    step = statistics.median(speeds["Training step"])
    return [_row(name, values, step) for name, values in speeds.items()]


def main(repeats: int = 5) -> None:
    """Measure the smallest preset and print the table."""
    rows = measure(load_recipe(PRESET), repeats)
    table = Table(title=f"Batches of {PRESET} on {pick_device().type}, {repeats} times in turn")
    for heading in ("", "images/s", "lowest", "highest", "share of a training step"):
        table.add_column(heading, justify="right" if heading else "left")
    for row in rows:
        numbers = (row.images_per_second, row.low, row.high)
        table.add_row(row.name, *(f"{number:,.0f}" for number in numbers), f"{row.cost:.1%}")
    Console().print(table)


def _row(name: str, speeds: list[float], step: float) -> Row:
    median = statistics.median(speeds)
    return Row(name, median, min(speeds), max(speeds), step / median)


def _images_per_second(run: Callable[[], int], device: torch.device) -> float:
    started = time.perf_counter()
    images = run()
    if device.type != "cpu":
        torch.accelerator.synchronize()
    return images / (time.perf_counter() - started)


def _batches(split: Split, recipe: Recipe) -> Iterator[torch.Tensor]:
    """Indices in random order on the split's device, without an uneven last batch."""
    indices = order(len(split), seed=0, epoch=0).to(split.images.device)
    return (b for b in indices.split(recipe.batch_size) if len(b) == recipe.batch_size)


def _augmenter(split: Split, recipe: Recipe) -> Callable[[], int]:
    augmenter = Augmenter(split.images, recipe.augmentation, normalisation_of(split))

    def run() -> int:
        return sum(len(augmenter.batch(b, seed)) for seed, b in enumerate(_batches(split, recipe)))

    return run


def _training(split: Split, recipe: Recipe, device: torch.device) -> Callable[[], int]:
    data = Pictures(
        "generated", tuple(shapes.SHAPES), split, split, split, normalisation_of(split), ""
    )
    learner = Learner(recipe, data, device)

    def run() -> int:
        batches = [b.to(device) for b in _batches(split, recipe)]
        for step, batch in enumerate(batches):
            learner.step(batch, Moment(step, epoch=0, progress=0.0, rate=0.01))
        return sum(map(len, batches))

    return run


class _PerImage(Dataset[torch.Tensor]):
    """The usual way: every image by itself through torchvision's transforms."""

    def __init__(self, split: Split, recipe: Recipe) -> None:
        self._arrays = split.images.numpy()
        normalisation = normalisation_of(split)
        steps: list[Callable] = []
        if recipe.augmentation.crop_padding:
            padding = recipe.augmentation.crop_padding
            steps.append(transforms.RandomCrop(IMAGE_SIZE, padding, padding_mode="reflect"))
        if recipe.augmentation.flip:
            steps.append(transforms.RandomHorizontalFlip())
        steps += [
            transforms.ToTensor(),
            transforms.Normalize(normalisation.mean, normalisation.std),
        ]
        self._transform: Callable[..., torch.Tensor] = transforms.Compose(steps)

    def __len__(self) -> int:
        return len(self._arrays)

    def __getitem__(self, index: int) -> torch.Tensor:
        return self._transform(Image.fromarray(self._arrays[index]))


def _loader(split: Split, recipe: Recipe, workers: int) -> Callable[[], int]:
    loader = DataLoader(
        _PerImage(split, recipe),
        batch_size=recipe.batch_size,
        shuffle=True,
        drop_last=True,
        num_workers=workers,
        persistent_workers=workers > 0,
    )
    return lambda: sum(len(batch) for batch in loader)
