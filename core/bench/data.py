"""What batches cost: our Augmenter against a DataLoader, and both against a training step."""

import time
from collections.abc import Callable, Iterator

import torch
from torch.utils.data import DataLoader

from core.bench.ceiling import wait_for
from core.bench.plain import PerImage
from core.bench.report import Report, Trials, publish
from core.data import Augmenter, Split, normalisation_of, order, shapes
from core.data.dataset import Dataset
from core.machine import pick_device
from core.recipe import Recipe, load_recipe
from core.training.learner import Learner, Moment

PRESET = "shapes-quick"  # the smallest
IMAGES = 4096  # per measurement
STEP = "training step, batches included"


def measure(
    recipe: Recipe, repeats: int = 5, workers: tuple[int, ...] = (0, 1, 2), images: int = IMAGES
) -> dict[str, Trials]:
    """Images per second of the recipe's batches made in each way, in turn, `repeats` times.

    The pictures are generated. Crop, flip and normalisation are the recipe's; `workers` are the
    worker processes of the DataLoaders; every way makes `images` images each time, whole batches.
    The last is the training step.
    """
    device = pick_device()
    split = shapes.draw(images, seed=0)
    ways = {"Augmenter": _augmenter(split.to(device), recipe)}
    ways |= {f"DataLoader, {n} workers": _loader(split, recipe, n) for n in workers}
    ways[STEP] = _training(split, recipe, device)
    speeds: dict[str, list[float]] = {name: [] for name in ways}
    for repeat in range(repeats + 1):
        for name, run in ways.items():
            speed = _images_per_second(run, device)
            if repeat:  # the first is for warming up
                speeds[name].append(speed)
    return {name: Trials(values) for name, values in speeds.items()}


def drawn(split: Split) -> Dataset:
    """A data set of drawn pictures alone, for measuring speed: all its splits are the same."""
    classes = tuple(shapes.SHAPES)
    return Dataset("drawn", classes, split, split, split, normalisation_of(split), "")


def main(repeats: int) -> None:
    """Measure the smallest preset and publish."""
    publish(report(measure(load_recipe(PRESET), repeats)))


def report(speeds: dict[str, Trials]) -> Report:
    """One row for each way, with its time per image as a share of the training step's."""
    step = speeds[STEP]
    return Report(
        part="data",
        title=f"Making the batches of {PRESET}",
        columns=("", "images/s", "spread", "share of a training step"),
        rows=tuple(
            (name, *trials.cells(), f"{step.ratio(trials):.1%}") for name, trials in speeds.items()
        ),
        figures={name: list(trials.values) for name, trials in speeds.items()},
        notes=("DataLoader with torchvision's transforms on single images.",),
    )


def _images_per_second(run: Callable[[], int], device: torch.device) -> float:
    started = time.perf_counter()
    images = run()
    wait_for(device)
    return images / (time.perf_counter() - started)


def _batches(split: Split, recipe: Recipe) -> Iterator[torch.Tensor]:
    """Indices in random order on the split's device, without an uneven last batch."""
    indices = order(len(split), seed=0, epoch=0).to(split.images.device)
    return (b for b in indices.split(recipe.batch_size) if len(b) == recipe.batch_size)


def _augmenter(split: Split, recipe: Recipe) -> Callable[[], int]:
    augmenter = Augmenter(split.images, recipe.augmentation, normalisation_of(split))

    def run() -> int:
        images = 0
        for step, indices in enumerate(_batches(split, recipe)):
            augmenter.seek(step, epoch=0)
            images += len(augmenter.batch(indices))
        return images

    return run


def _loader(split: Split, recipe: Recipe, workers: int) -> Callable[[], int]:
    loader = DataLoader(
        PerImage(split, recipe.augmentation.crop_padding, normalisation_of(split)),
        batch_size=recipe.batch_size,
        shuffle=True,
        drop_last=True,
        num_workers=workers,
        persistent_workers=workers > 0,
    )
    return lambda: sum(len(labels) for _, labels in loader)


def _training(split: Split, recipe: Recipe, device: torch.device) -> Callable[[], int]:
    learner = Learner(recipe, drawn(split), device)

    def run() -> int:
        batches = [b.to(device) for b in _batches(split, recipe)]
        for step, batch in enumerate(batches):
            learner.step(batch, Moment(step, epoch=0, progress=0.0, rate=0.01))
        return sum(map(len, batches))

    return run
