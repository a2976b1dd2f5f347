"""How fast a recipe trains here: ours against a plain loop, and against the machine's ceiling."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import torch
from torch import Tensor

from core.bench.ceiling import convolution_ceiling, precisions, wait_for
from core.bench.data import drawn
from core.bench.plain import PlainLoop
from core.bench.report import Report, Trials, publish
from core.data import order, shapes
from core.data.dataset import Dataset
from core.machine import Precision, pick_device
from core.models.summary import summarise
from core.recipe import Recipe
from core.training.learner import Learner, Moment
from core.training.recording import Recorder

PRESETS = ("shapes-quick", "cifar10-small", "speed-94")  # unless others are asked for
IMAGES = 4000  # drawn ones; what they show doesn't matter to the speed
WARM_UP_STEPS = 2


@dataclass(frozen=True)
class Row:
    """Images per second of one network.

    share: of the measured convolution ceiling of that precision
    """

    name: str
    precision: Precision
    ours: Trials
    plain: Trials
    share: float


def measure(recipes: Mapping[str, Recipe], repeats: int, seconds: float) -> list[Row]:
    """Train each recipe's network for `seconds`, in each precision and plainly, in turn."""
    device = pick_device()
    data = drawn(shapes.draw(IMAGES, seed=0))
    rows: list[Row] = []
    for name, recipe in recipes.items():
        ways: dict[Precision, Iterator[int]] = {
            precision: _ours(recipe.model_copy(update={"precision": precision}), data, device)
            for precision in precisions(device)
        }
        plain = _plain(recipe, data, device)
        speeds: dict[Precision, list[float]] = {precision: [] for precision in ways}
        plain_speeds: list[float] = []
        for _ in range(repeats):
            for precision, steps in ways.items():
                speeds[precision].append(_images_per_second(steps, seconds, device))
            plain_speeds.append(_images_per_second(plain, seconds, device))
        flops = summarise(recipe.model, len(data.classes)).training_flops
        for precision in ways:
            ours = Trials(speeds[precision])
            share = ours.median * flops / convolution_ceiling(device, precision)
            rows.append(Row(name, precision, ours, Trials(plain_speeds), share))
    return rows


def main(recipes: Mapping[str, Recipe], repeats: int, seconds: float) -> None:
    """Measure and publish."""
    publish(report(measure(recipes, repeats, seconds), repeats, seconds))


def report(rows: Sequence[Row], repeats: int, seconds: float) -> Report:
    """One row for each recipe and precision, measured `repeats` times for so many seconds."""
    return Report(
        part="train",
        title="Training steps, batches included, against a plain loop (fp32) in alternation",
        columns=(
            "recipe",
            "precision",
            "images/s",
            "spread",
            "plain images/s",
            "spread",
            "ratio",
            "of the convolution ceiling",
        ),
        rows=tuple(
            (
                row.name,
                row.precision,
                *row.ours.cells(),
                *row.plain.cells(),
                f"{row.ours.ratio(row.plain):.2f}",
                f"{row.share:.0%}",
            )
            for row in rows
        ),
        figures={
            f"{row.name}, {row.precision}": {
                "images_per_second": list(row.ours.values),
                "plain_images_per_second": list(row.plain.values),
                "share_of_ceiling": row.share,
            }
            for row in rows
        },
        notes=(f"{repeats} trials of {seconds:g} s of each, in turn.",),
    )


def training_steps(
    recipe: Recipe, data: Dataset, device: torch.device, recorder: Recorder | None = None
) -> Iterator[Tensor]:
    """The losses of one whole batch after the other, on the device."""
    learner = Learner(recipe, data, device, recorder=recorder)
    batches = order(len(data.train), seed=0, epoch=0).to(device).split(recipe.batch_size)
    whole = [batch for batch in batches if len(batch) == recipe.batch_size]
    last = recipe.epochs - 1  # whose images are the largest
    rate = recipe.optimizer.learning_rate / 10
    for step in count():
        now = Moment(step, last, progress=0.0, rate=rate)
        yield learner.step(whole[step % len(whole)], now)[0]


def _ours(recipe: Recipe, data: Dataset, device: torch.device) -> Iterator[int]:
    for _ in training_steps(recipe, data, device):
        yield recipe.batch_size


def _plain(recipe: Recipe, data: Dataset, device: torch.device) -> Iterator[int]:
    loop = PlainLoop(recipe, data, device)
    while True:
        yield from loop.epoch()


def _images_per_second(steps: Iterator[int], seconds: float, device: torch.device) -> float:
    for _ in range(WARM_UP_STEPS):
        next(steps)
    wait_for(device)
    started, images = time.perf_counter(), 0
    while time.perf_counter() - started < seconds:
        images += next(steps)
    wait_for(device)
    return images / (time.perf_counter() - started)
