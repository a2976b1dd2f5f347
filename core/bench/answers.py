"""How long a person waits for a prediction or an explanation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from core.bench.report import Report, Trials, publish
from core.bench.timing import seconds_of
from core.data import IMAGE_SIZE
from core.explanation import explain, methods_for
from core.models.network import Network
from core.prediction import predict

BATCHES = (1, 32)  # images


@dataclass(frozen=True)
class Latency:
    """Wall time of one task, in seconds, from pictures in to results.

    task: "predict" or the name of an explanation method
    images: how many at once
    first: the first use in this measurement, with whatever is prepared then
    repeated: the uses after it
    """

    task: str
    images: int
    first: float
    repeated: Trials


def measure_predicting(network: Network, repeats: int) -> list[Latency]:
    """Time class probabilities for 1 and for 32 pictures."""
    return [
        _timed("predict", images, repeats, lambda batch=batch: predict(network, batch))
        for images in BATCHES
        for batch in [_pictures(images)]
    ]


def measure_explaining(network: Network, repeats: int) -> list[Latency]:
    """Time every method that the network allows, for 1 and for 32 pictures."""
    rows: list[Latency] = []
    for images in BATCHES:
        batch, targets = _pictures(images), torch.arange(images) % len(network.classes)
        for name in methods_for(network):

            def use(
                name: str = name, batch: torch.Tensor = batch, targets: torch.Tensor = targets
            ) -> object:
                return explain(network, batch, targets, name)

            rows.append(_timed(name, images, repeats, use))
    return rows


def main(part: str, network: Network, name: str, repeats: int) -> None:
    """Measure 'predict' or 'explain' and publish."""
    measure = measure_predicting if part == "predict" else measure_explaining
    publish(report(part, name, measure(network, repeats)))


def report(part: str, name: str, rows: Sequence[Latency]) -> Report:
    """One row for each task and number of pictures, in milliseconds."""
    return Report(
        part=part,
        title=f"From pictures to results ({part}), {name}",
        columns=("task", "pictures", "first, ms", "repeated, ms", "spread", "first / repeated"),
        rows=tuple(
            (
                row.task,
                row.images,
                f"{1000 * row.first:,.1f}",
                *Trials([1000 * seconds for seconds in row.repeated.values]).cells(1),
                f"{row.first / row.repeated.median:.1f}",
            )
            for row in rows
        ),
        figures={f"{row.task}, {row.images}": [row.first, *row.repeated.values] for row in rows},
    )


def _pictures(count: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    shape = (count, IMAGE_SIZE, IMAGE_SIZE, 3)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)


def _timed(task: str, images: int, repeats: int, use: Callable[[], object]) -> Latency:
    first, *repeated = (seconds_of(use) for _ in range(repeats + 1))
    return Latency(task, images, first, Trials(repeated))
