"""How long a person waits for a prediction or an explanation."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from rich.console import Console
from rich.table import Table

from core.data.dataset import IMAGE_SIZE
from core.explanation import explain, methods_for
from core.models.network import Network
from core.prediction import predict

BATCHES = (1, 32)  # images


@dataclass(frozen=True)
class Latency:
    """Wall time of one task, in seconds, from pictures in to results on the CPU.

    task: "predict" or the name of an explanation method
    images: how many at once
    first: the first use in this measurement, with whatever is prepared then
    median, spread: of the uses after it; spread is the interquartile range
    """

    task: str
    images: int
    first: float
    median: float
    spread: float


def measure_latency(network: Network, repeats: int = 10) -> list[Latency]:
    """Time prediction and every explanation method that the network allows, for 1 and 32 images.

    repeats: uses after the first, at least 2.
    """
    generator = torch.Generator().manual_seed(0)
    shape = (max(BATCHES), IMAGE_SIZE, IMAGE_SIZE, 3)
    pictures = torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)
    classes = torch.arange(max(BATCHES)) % len(network.classes)
    rows: list[Latency] = []
    for images in BATCHES:
        batch, targets = pictures[:images], classes[:images]
        rows.append(_timed("predict", images, repeats, lambda batch=batch: predict(network, batch)))
        rows += [
            _timed(
                name,
                images,
                repeats,
                lambda batch=batch, targets=targets, name=name: explain(
                    network, batch, targets, name
                ),
            )
            for name in methods_for(network)
        ]
    return rows


def _timed(task: str, images: int, repeats: int, use: Callable[[], object]) -> Latency:
    first, *rest = (_seconds(use) for _ in range(repeats + 1))
    lower, median, upper = statistics.quantiles(rest, n=4)
    return Latency(task, images, first, median, upper - lower)


def _seconds(use: Callable[[], object]) -> float:
    start = time.perf_counter()
    use()
    return time.perf_counter() - start


def main(network: Network, repeats: int) -> None:
    """Print `measure_latency` as a table, in milliseconds."""
    table = Table("task", "images", "first (ms)", "median (ms)", "spread (ms)")
    for row in measure_latency(network, repeats):
        times = (f"{1000 * seconds:,.1f}" for seconds in (row.first, row.median, row.spread))
        table.add_row(row.task, str(row.images), *times)
    Console().print(table)
