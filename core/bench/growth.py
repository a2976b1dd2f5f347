"""How cost grows with the pictures: flat, or in proportion."""

import gc
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from core.bench.report import Report, publish
from core.bench.timing import repeated, seconds_of
from core.data import Augmenter, load_dataset, order
from core.recipe import Data, Recipe

PICTURES = (50_000, 500_000)
BATCHED = 20_000  # pictures, to time batches


def main() -> None:
    """Publish the table."""
    with tempfile.TemporaryDirectory() as name:
        publish(pictures_report(PICTURES, Path(name)))


def pictures_report(counts: Sequence[int], folder: Path) -> Report:
    """One row for each number of drawn training pictures; `folder` is the home meanwhile."""
    outside = os.environ.get("CONVSCOPE_HOME")
    os.environ["CONVSCOPE_HOME"] = str(folder)
    try:
        rows = [_pictures_row(count) for count in counts]
    finally:
        os.environ.pop("CONVSCOPE_HOME")
        if outside is not None:
            os.environ["CONVSCOPE_HOME"] = outside
    return Report(
        part="growth-pictures",
        title="Growing data: drawn pictures",
        columns=("pictures", "first time, s", "again, s", "memory, MB", "batches, pictures/s"),
        rows=tuple(rows),
        notes=(
            "A fifth as many test pictures come with them. Memory is what the process grew by, and "
            "what a batch needs; a picture is 3 kB.",
        ),
    )


def _pictures_row(count: int) -> tuple[str, ...]:
    options = Data(source="shapes", images=count)
    process = psutil.Process()
    first = seconds_of(lambda: load_dataset(options))
    gc.collect()
    before, started = process.memory_info().rss, time.perf_counter()
    data = load_dataset(options)
    again = time.perf_counter() - started
    recipe = Recipe(data=options)
    augmenter = Augmenter(data.train.images, recipe.augmentation, data.normalisation)
    batches = order(len(data.train), seed=0, epoch=0)[:BATCHED].split(recipe.batch_size)
    seconds = repeated(lambda: [augmenter.batch(batch) for batch in batches])
    memory = (process.memory_info().rss - before) / 1e6
    rate = BATCHED / seconds.median
    return f"{count:,}", f"{first:,.1f}", f"{again:.1f}", f"{memory:,.0f}", f"{rate:,.0f}"
